import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectNode } from './node24.js';

it('takes the packaged Node, else a new enough one, else says what to do', () => {
  const root = mkdtempSync(join(tmpdir(), 'limpet-node-'));
  try {
    expect(projectNode(root, { version: '26.1.0', path: '/usr/bin/node' })).toBe('/usr/bin/node');
    const old = { version: '20.20.2', path: '/usr/bin/node' };
    expect(() => projectNode(root, old)).toThrow(expect.objectContaining({ code: 'SETUP_NODE_TOO_OLD' }));
    expect(() => projectNode(root, old)).toThrow('this is 20.20.2');
    const packaged = join(root, 'node_modules/.bin/node');
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
    writeFileSync(packaged, '');
    expect(projectNode(root, old)).toBe(packaged);
  } finally {
    rmSync(root, { recursive: true });
  }
});

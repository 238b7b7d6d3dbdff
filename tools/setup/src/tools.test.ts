import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aptLine, missingTools, systemPath, tools } from './tools.js';

it('looks where an ordinary user of Debian does not', () => {
  expect(systemPath('/usr/bin:/bin')).toBe('/usr/bin:/bin:/usr/sbin:/sbin');
  expect(systemPath('/usr/sbin:/bin')).toBe('/usr/sbin:/bin:/sbin');
  expect(systemPath(undefined)).toBe('/usr/sbin:/sbin');
});

it('names what is missing, and the line that installs it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'limpet-tools-'));
  try {
    for (const { command } of tools) writeFileSync(join(directory, command), '', { mode: 0o755 });
    expect(missingTools(directory)).toEqual([]);
    rmSync(join(directory, 'ip'));
    chmodSync(join(directory, 'haproxy'), 0o644);
    const missing = missingTools(directory);
    expect(missing.map(({ command }) => command)).toEqual(['haproxy', 'ip']);
    expect(aptLine(missing)).toBe(
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends haproxy iproute2',
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

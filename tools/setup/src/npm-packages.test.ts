import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exec } from './exec.js';
import { installPackages, packagesComplete } from './npm-packages.js';

const wanted = {
  '': { name: 'limpet' },
  'apps/cli': { name: '@limpet/cli', bin: { limpet: 'bin/limpet.js' } },
  'node_modules/@limpet/cli': { resolved: 'apps/cli', link: true },
  'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' },
  'node_modules/fsevents': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};
const { 'node_modules/fsevents': _, ...installed } = wanted;

let root: string;

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
}

/** What npm leaves. */
function install(packages: Record<string, object>): void {
  for (const path of Object.keys(packages)) mkdirSync(join(root, path), { recursive: true });
  write('node_modules/.package-lock.json', { packages });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'limpet-setup-'));
  write('package-lock.json', { packages: wanted });
});

afterEach(() => rmSync(root, { recursive: true }));

describe('packagesComplete', () => {
  it('holds when all but optional packages are there as locked', () => {
    install(installed);
    expect(packagesComplete(root)).toBe(true);
  });

  it('does not hold in a fresh clone, nor when npm was killed before its last act', () => {
    expect(packagesComplete(root)).toBe(false);
    mkdirSync(join(root, 'node_modules/zod'), { recursive: true });
    expect(packagesComplete(root)).toBe(false);
  });

  it.each([
    ['another version', { 'node_modules/zod': { version: '4.6.6', integrity: 'sha512-a' } }],
    ['other content', { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-x' } }],
    ['a stale optional package', { 'node_modules/fsevents': { version: '0.9.0', integrity: 'sha512-b' } }],
    ['a command that was added since', { 'apps/cli': { name: '@limpet/cli' } }],
  ])('does not hold with %s', (_what, difference) => {
    install({ ...installed, ...difference });
    expect(packagesComplete(root)).toBe(false);
  });

  it('does not hold when a folder was deleted', () => {
    install(installed);
    rmSync(join(root, 'node_modules/zod'), { recursive: true });
    expect(packagesComplete(root)).toBe(false);
  });
});

describe('installPackages', () => {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  beforeEach(() => said.splice(0));

  it('runs the npm that runs us, once, also for two at once', async () => {
    const runs: string[] = [];
    const exec: Exec = async (file, args, options) => {
      runs.push([file, ...args, options?.cwd].join(' '));
      // A second npm would have its chance here.
      await new Promise(setImmediate);
      install(installed);
      return { code: 0, output: '' };
    };
    const env = { npm_node_execpath: '/usr/bin/node', npm_execpath: '/npm/npm-cli.js' };
    await Promise.all([1, 2, 3].map(() => installPackages({ root, exec, say, env })));
    expect(runs).toEqual([`/usr/bin/node /npm/npm-cli.js ci ${root}`]);
    expect(said.filter((line) => line.startsWith('installing'))).toHaveLength(1);
  });

  it('is silent and runs nothing when all is there', async () => {
    install(installed);
    await installPackages({ root, exec: () => Promise.reject(new Error('run')), say });
    expect(said).toEqual([]);
  });

  it('says what npm said when it fails', async () => {
    const exec: Exec = async () => ({ code: 1, output: 'npm error network request failed\n' });
    await expect(installPackages({ root, exec, say })).rejects.toMatchObject({
      code: 'SETUP_NPM_FAILED',
      message: expect.stringContaining('npm error network request failed'),
    });
  });
});

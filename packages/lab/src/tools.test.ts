import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { requireTools, withSystemFolders } from './tools.ts';

const dir = mkdtempSync(join(tmpdir(), 'lab-tools-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('the folders of system programs come after those of the caller, once', () => {
  expect(withSystemFolders('/opt/bin:/usr/sbin')).toBe('/opt/bin:/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin');
  expect(withSystemFolders(undefined)).toBe('/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin');
});

test('all missing tools are named in one error, with the line that installs their packages', () => {
  const found = join(dir, 'ip');
  writeFileSync(found, '');
  chmodSync(found, 0o755);
  expect(() => requireTools(['ip', 'haproxy', 'nsenter', 'unshare'], [dir])).toThrow(
    expect.objectContaining({
      code: 'LAB_MISSING_TOOL',
      message:
        'haproxy, nsenter, unshare: not found. ' +
        'On Debian: apt-get install -y --no-install-recommends haproxy util-linux',
    }),
  );
  expect(() => requireTools(['ip'], [dir])).not.toThrow();
});

test('the HAProxy of LIMPET_HAPROXY takes the place of the one on the PATH', () => {
  const other = join(dir, 'another');
  writeFileSync(other, '');
  vi.stubEnv('LIMPET_HAPROXY', other);
  expect(() => requireTools(['haproxy'], [dir])).toThrow(
    expect.objectContaining({ code: 'LAB_MISSING_TOOL', message: expect.stringContaining(other) }),
  );
  expect(() => requireTools(['ip'], [dir])).not.toThrow();
  chmodSync(other, 0o755);
  expect(() => requireTools(['haproxy'], [dir])).not.toThrow();
  vi.unstubAllEnvs();
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installDebianPackages, isDebian } from './debian.js';
import type { Exec } from './exec.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'limpet-debian-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('isDebian', () => {
  it.each([
    ['ID=debian\n', true],
    ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', true],
    ['ID=fedora\nHOME_URL=https://example.org/debian\n', false],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', false],
  ])('of %j is %s', (text, expected) => {
    const file = join(directory, 'os-release');
    writeFileSync(file, text);
    expect(isDebian(file)).toBe(expected);
  });

  it('is false where there is no such file', () => expect(isDebian(join(directory, 'none'))).toBe(false));
});

describe('installDebianPackages', () => {
  const install = async (code: (file: string, args: readonly string[]) => number) => {
    const runs: string[] = [];
    const exec: Exec = async (file, args, options) => {
      runs.push(`${options?.env?.DEBIAN_FRONTEND}: ${file} ${args.join(' ')}`);
      return { code: code(file, args), output: 'Reading...\nE: Unable to locate package socat\n' };
    };
    const policyPath = join(directory, 'policy-rc.d');
    const problem = await installDebianPackages({ packages: ['haproxy', 'socat'], exec, env: {}, policyPath });
    return { runs, problem };
  };

  it('repairs, updates, installs', async () => {
    expect(await install(() => 0)).toEqual({
      problem: undefined,
      runs: [
        'noninteractive: dpkg --configure -a',
        'noninteractive: apt-get update -o DPkg::Lock::Timeout=300',
        'noninteractive: apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 haproxy socat',
      ],
    });
  });

  it('stops at the first that fails, and says what it said', async () => {
    const { runs, problem } = await install((_file, args) => (args[0] === 'update' ? 100 : 0));
    expect(runs).toHaveLength(2);
    expect(problem).toBe(
      'apt-get update -o DPkg::Lock::Timeout=300 ended with exit code 100: Reading... | E: Unable to locate package socat',
    );
  });
});

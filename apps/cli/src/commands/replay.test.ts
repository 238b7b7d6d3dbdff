import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouterKind } from '@limpet/simulator';
import { BUGS, type BugName } from '@limpet/state-space';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Run, runCommand as run } from '../../testing/run-command.ts';
import { check } from './check.ts';
import { simulate } from './simulate.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'limpet-replay-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function counterexample(bug: BugName): Promise<string> {
  const file = join(directory, `${bug}.json`);
  const flags = { groups: 2, members: 1, threads: 1, symmetry: true, bug } as const;
  const { stdout } = await run((context) => check({ ...flags, output: 'json' }, context));
  await writeFile(file, stdout);
  return file;
}

const replayed = (replay: string, router: RouterKind, output: 'json' | 'table' = 'json'): Promise<Run> =>
  run((context) => simulate(undefined, { replay, router, dataPlane: 'memory', output }, context));

/** What CloudStack 4.19.1's router does with the run of each bug that a router alone can have. */
const ON_CLOUDSTACK: Partial<Record<BugName, string>> = {
  'line-set-compare': 'one VM for each client',
  'poisoned-config': 'an answer on every connection',
  'refused-as-applied': 'an answer on every connection',
  'rollback-loses-policy': 'an answer on every connection',
  'stale-snapshot': 'more than one VM for a client',
};

describe('limpet simulate --replay', () => {
  it.each(BUGS.map(({ name }) => name))('plays the counterexample of %s on each router', async (bug) => {
    const file = await counterexample(bug);
    const expected = ON_CLOUDSTACK[bug];
    const cloudstack = await replayed(file, 'cloudstack');
    expect(JSON.parse(cloudstack.stdout)).toMatchObject({
      router: 'cloudstack',
      dataPlane: 'memory',
      reproduced: expected !== undefined,
      finding: expected === undefined ? null : { expected },
    });
    expect(cloudstack.code).toBe(expected === undefined ? 0 : 1);
    for (const router of ['haproxy', 'memory'] as const) {
      const { code, stdout } = await replayed(file, router);
      expect(JSON.parse(stdout)).toMatchObject({ router, reproduced: false, finding: null });
      expect(code).toBe(0);
    }
  });

  it('tells people step by step what was observed, and the verdict', async () => {
    const file = await counterexample('line-set-compare');
    const bad = await replayed(file, 'cloudstack', 'table');
    expect(bad.stdout).toMatch(/^ {3}1 {2}group 1 {2}a user creates a rule and a group\n/);
    expect(bad.stdout).toMatch(
      /EXPECTED one VM for each client, SAW client .* was answered by group-\d-vm-1, group-\d-vm-2/,
    );
    expect(bad.stdout).toMatch(/\n\nthis happens on this router \(cloudstack, in memory\): after step \d+, .*\n$/);
    const good = await replayed(file, 'haproxy', 'table');
    expect(good.stdout).toMatch(/\n\nthis does not happen on this router \(haproxy, in memory\)\n$/);
  });

  it('says at which step a router cannot go on', async () => {
    const { stdout, code } = await replayed(await counterexample('poisoned-config'), 'memory', 'table');
    expect(code).toBe(0);
    expect(stdout).toMatch(/; step \d+ cannot be done here: the embedded router has no HAProxy that could refuse\n$/);
  });

  it('refuses what cannot be replayed', async () => {
    await expect(replayed(join(directory, 'missing'), 'memory')).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
    const file = join(directory, 'empty.json');
    await writeFile(file, '{"counterexample":null}');
    await expect(replayed(file, 'memory')).rejects.toMatchObject({ code: 'TRACE_INVALID' });
    await writeFile(file, '{"moves":[]}');
    await expect(replayed(file, 'memory')).rejects.toThrow(`play it with limpet conform --replay ${file}`);
    const both = run((context) => simulate('demo', { replay: file, router: 'memory', output: 'json' }, context));
    await expect(both).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/takes no scenario/) });
  });
});

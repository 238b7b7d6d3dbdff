import { ROUTER_FAULTS } from '@limpet/conformance';
import { BUGS } from '@limpet/state-space';
import { describe, expect, it } from 'vitest';
import { runCommand as run } from '../../testing/run-command.ts';
import { bugs } from './bugs.ts';
import { type CheckFlags, check } from './check.ts';
import { mutants } from './mutants.ts';

const flags: CheckFlags = { groups: 1, members: 1, threads: 1, symmetry: true, output: 'json' };

describe('limpet check', () => {
  it('says with exit code 0 that everything holds', async () => {
    const { code, stdout } = await run((context) => check(flags, context));
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual([
      'states',
      'transitions',
      'seconds',
      'statesPerSecond',
      'bytesPerState',
      'symmetry',
      'threads',
      'checked',
      'invariants',
      'liveness',
      'counterexample',
      'composition',
    ]);
    expect(Object.keys(result.composition)).toEqual([
      'states',
      'transitions',
      'seconds',
      'bytesPerState',
      'invariants',
      'possibilities',
      'liveness',
      'withoutLosses',
      'counterexample',
    ]);
    expect(result.composition.invariants[0]).toEqual({
      name: 'B1 in-force-is-true',
      holds: true,
      brokenBy: 'rule.machine.ts:CHANGE:drop-action:age',
    });
    for (const list of [result.composition.invariants, result.composition.possibilities])
      for (const { brokenBy } of list) expect(brokenBy).toMatch(/^[a-z]+\.(machine\.)?ts:/);
    expect(result.composition).toMatchObject({
      liveness: { holds: true, brokenBy: 'rule.machine.ts:add.timeout:drop-transition' },
      withoutLosses: { holds: true, bound: 26, brokenBy: 'rule.machine.ts:revoke.refused:drop-action:noteRefused' },
      counterexample: null,
    });
    expect(result).toMatchObject({
      symmetry: true,
      threads: 1,
      checked: 'all states',
      liveness: { holds: true },
      counterexample: null,
    });
    expect(result.invariants.every(({ holds }: { holds: boolean }) => holds)).toBe(true);
    expect(result.liveness.bound).toBeGreaterThan(0);
    expect(code).toBe(0);
  });

  it('says with exit code 1 what does not hold, and how it comes to that', async () => {
    const { code, stdout } = await run((context) => check({ ...flags, bug: 'seed' }, context));
    const { checked, invariants, counterexample } = JSON.parse(stdout);
    expect(checked).toBe('until the counterexample');
    expect(invariants.some(({ holds }: { holds: boolean }) => !holds)).toBe(true);
    expect(counterexample.length).toBe(counterexample.steps.length);
    expect(Object.keys(counterexample.steps[0])).toEqual(['lane', 'text', 'changed']);
    expect(code).toBe(1);
  });

  it('draws the run for people', async () => {
    const { stdout } = await run((context) => check({ ...flags, bug: 'seed', output: 'table' }, context));
    expect(stdout).toMatch(/DOES NOT HOLD +changed-is-sent/);
    expect(stdout).toMatch(/> a user disables the group/);
  });

  it('says for people what holds of one group as it runs', async () => {
    const { stdout } = await run((context) => check({ ...flags, output: 'table' }, context));
    expect(stdout).toMatch(/^1 x 1, addresses move: 786 states, /);
    expect(stdout).toMatch(/the composition, 1 group of at most 1: 172,542 states, .*, up to symmetry of members/);
    expect(stdout).toMatch(/holds +drained-before-removed +refusals.ts:memberObstacle:drop-case:'drained' {2}/);
    expect(stdout).toMatch(/holds +size-1-is-reachable/);
    expect(stdout).toMatch(/without time-outs holds: .* within 26 steps of the system/);
  });

  it('prints the model for SPIN', async () => {
    const { stdout } = await run((context) => check({ ...flags, export: 'promela' }, context));
    expect(stdout).toMatch(/proctype system_of_cells/);
  });

  it.each([
    [1, true],
    [2, true],
    [3, false],
  ])('lets addresses move in %i groups: %s', async (groups, move) => {
    const { stdout } = await run((context) => check({ ...flags, groups, export: 'promela' }, context));
    expect(stdout.split('\n')[0]!.includes('addresses move')).toBe(move);
  });

  it('prints createSystem of one group for SPIN', async () => {
    const { groups: _, ...ofOneGroup } = flags;
    const { stdout } = await run((context) => check({ ...ofOneGroup, export: 'promela-system' }, context));
    expect(stdout).toMatch(/proctype system_of_statecharts/);
  });

  it.each([
    [{ groups: 2 }, '--groups 2: leave it out'],
    [{ bug: 'seed' }, 'has no --bug'],
    [{ members: 5 }, 'members must be 1 to 4'],
  ])('refuses to print it with %j', async (change, words) => {
    const refused = run((context) => check({ ...flags, ...change, export: 'promela-system' }, context));
    await expect(refused).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(words) });
  });

  it.each([{ groups: 99 }, { members: 99 }])('refuses %j', async (change) => {
    await expect(run((context) => check({ ...flags, ...change }, context))).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('a bug that cannot be switched on here', () => {
  it.each([
    ['sed', 'there is no bug of the model called sed; did you mean seed? limpet bugs lists all'],
    ['drain-ignored', 'limpet conform --router haproxy --bug drain-ignored'],
  ])('is refused with where it is: %s', async (bug, words) => {
    await expect(run((context) => check({ ...flags, bug }, context))).rejects.toThrow(words);
  });

  it('is refused by mutants, and none is tried', async () => {
    const tried = run((context) => mutants({ bug: ['seed', 'nope'], output: 'table' }, context));
    await expect(tried).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('called nope;') });
  });
});

describe('limpet bugs', () => {
  it('lists every bug with where it happened', async () => {
    const { stdout } = await run((context) => bugs({ output: 'json' }, context));
    const list = JSON.parse(stdout);
    expect(list.map(({ name, of }: { name: string; of: string }) => [name, of])).toEqual([
      ...BUGS.map(({ name }) => [name, 'model']),
      ...ROUTER_FAULTS.map(({ name, router }) => [name, router]),
    ]);
    expect(Object.keys(list[0])).toEqual(['name', 'upstream', 'sentence', 'of']);
  });
});

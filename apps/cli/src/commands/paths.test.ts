import { graphOf } from '@limpet/checker';
import { createCheckModel } from '@limpet/state-space';
import { describe, expect, it } from 'vitest';
import { capture, type Run } from '../../testing/run-command.ts';
import { type PathsFlags, paths } from './paths.ts';

function run(flags: PathsFlags): Run {
  const { context, result } = capture();
  paths(flags, context);
  return result;
}

describe('limpet paths', () => {
  const graph = graphOf(createCheckModel({ groups: 1, members: 1, symmetry: false, addressesMove: true }));
  const waysOn = Array.from(graph.targets, (target) => graph.offsets[target + 1]! - graph.offsets[target]!);
  it.each([
    { suite: 'transitions', goals: graph.targets.length },
    { suite: 'pairs', goals: waysOn.reduce((sum, ways) => sum + ways) },
  ] as const)('meets all of $suite of one group at the least cost', ({ suite, goals }) => {
    const { code, stdout } = run({ suite, groups: 1, members: 1, output: 'json' });
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(['suite', 'goals', 'covered', 'paths', 'steps', 'cost', 'lowerBound']);
    expect(result).toMatchObject({ suite, goals, covered: goals });
    expect(result.cost).toBe(result.steps + result.paths);
    expect(result.cost).toBe(result.lowerBound);
    expect(code).toBe(0);
  });

  it('meets every interaction of two groups', () => {
    const { code, stdout } = run({ suite: 'interactions', output: 'json' });
    const { goals, covered, steps } = JSON.parse(stdout);
    expect(goals).toBeGreaterThan(10_000);
    expect(covered).toBe(goals);
    // Most goals are met on the way to others.
    expect(steps).toBeLessThan(4 * goals);
    expect(code).toBe(0);
  });

  it('says to people how it was proved', () => {
    const { stdout } = run({ suite: 'transitions', members: 1, output: 'table' });
    expect(stdout).toMatch(/^suite +model +goals/);
    expect(stdout).toMatch(/transitions +1 x 1, addresses move +9,015 +9,015/);
    expect(stdout).toMatch(/replayed on the statecharts by XState's own transitions/);
  });

  it('refuses what the model cannot pack', () => {
    expect(() => run({ suite: 'pairs', groups: 99, output: 'json' })).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});

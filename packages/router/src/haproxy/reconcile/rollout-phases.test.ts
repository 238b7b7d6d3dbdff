import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nextPhase, type RolloutEvent, type RolloutPhase, rolloutEdges } from './rollout-phases.ts';

const text = readFileSync(new URL('./rollout-phases.ts', import.meta.url), 'utf8');

/** The edges of the table in the file's header: `| from, from | event | to | what happens |`. */
const drawn = (): string[] =>
  [...text.matchAll(/^ \* \| ([\w, ]+) \| (\w+) \| (\w+) \|/gm)]
    .filter(([, from]) => from !== 'phase')
    .flatMap(([, from, event, to]) => from!.split(', ').map((each) => `${each} ${event} ${to}`))
    .sort();

describe('the phases of a rollout', () => {
  it('are the ones that the header draws', () => {
    expect(drawn()).toEqual(
      rolloutEdges()
        .map((edge) => edge.join(' '))
        .sort(),
    );
  });

  it('end in force or superseded, from wherever they are', () => {
    const reached = new Set<RolloutPhase>(['draining']);
    for (const phase of reached) for (const [from, , to] of rolloutEdges()) if (from === phase) reached.add(to);
    expect([...reached].sort()).toEqual([
      'draining',
      'inForce',
      'interrupted',
      'notInForce',
      'superseded',
      'verifying',
    ]);
    const ends = [...reached].filter((phase) => !rolloutEdges().some(([from]) => from === phase));
    expect(ends.sort()).toEqual(['inForce', 'superseded']);
  });

  it.each<[RolloutPhase, RolloutEvent]>([
    ['draining', 'verified'],
    ['inForce', 'failed'],
    ['superseded', 'superseded'],
  ])('have no way from %s by %s', (phase, event) => {
    expect(() => nextPhase(phase, event)).toThrow(`a rollout that is ${phase} cannot be ${event}`);
  });
});

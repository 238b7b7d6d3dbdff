import { describe, expect, it } from 'vitest';
import { checkComposition } from './check-composition.ts';

/** A group of two takes half a minute. */
const sizes = process.env.CI === 'true' ? [1, 2] : [1];

const expected = {
  1: { states: 172_542, transitions: 2_890_954, bound: 26 },
  2: { states: 1_261_214, transitions: 23_684_236, bound: 40 },
} as const;

describe.each(sizes)('a group with places for %i', (members) => {
  it('has all properties in every state and step, and comes to rest without a time-out', async () => {
    const { holds, all, withoutLosses, possibilities } = await checkComposition(members);
    const { states, transitions, bound } = expected[members as 1 | 2];
    expect(all.invariants.filter((one) => !one.holds).map(({ name }) => name)).toEqual([]);
    expect([all.exploration.states, all.exploration.transitions]).toEqual([states, transitions]);
    expect(withoutLosses.liveness).toMatchObject({ holds: true, bound });
    const reachable = Array.from({ length: members }, (_, i) => `size-${i + 1}-is-reachable`);
    expect(possibilities.map(({ name, holds: stays }) => [name, stays])).toEqual(
      [...reachable, 'regained-by-itself'].map((name) => [name, true]),
    );
    expect(holds).toBe(true);
  });
});

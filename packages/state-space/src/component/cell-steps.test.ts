import { check } from '@limpet/checker';
import type { SystemState } from '@limpet/model';
import { describe, expect, it } from 'vitest';
import { enumerateCells } from '../compile/enumerate.ts';
import { createCompositionModel } from '../composition/composition.ts';
import { ROUTER_STATES } from './router-steps.ts';

type One = Pick<SystemState['groups'][number], 'group' | 'rule' | 'members'> & {
  router: string;
  entry: SystemState['entries'][number];
  inFlight: SystemState['link'][number];
};

function keyOf({ router, group, rule, members, entry, inFlight }: One, messages: readonly string[]): string {
  const link = messages.map((message) => inFlight[message as keyof typeof inFlight] ?? '-');
  return JSON.stringify([router, group, rule, members, entry, link]);
}

/** A group of two takes a minute. */
const sizes = process.env.CI === 'true' ? [1, 2] : [1];

/** All that `createSystem` reaches, and where an older command, and a second copy of the latest, may be in flight. */
async function reachedBySystem(members: number) {
  const model = createCompositionModel({ members });
  const { exploration } = await check(model);
  const all = new Set<string>();
  const late = new Set<string>();
  const again = new Set<string>();
  const { states, words } = exploration.store;
  for (let i = 0; i < exploration.states; i++) {
    const { router, groups, entries, link } = model.systemStateOf(states, i * words);
    const one: One = { router: router.value, ...groups[0]!, entry: entries[0]!, inFlight: link[0]! };
    all.add(keyOf(one, ['command', 'answer']));
    if (one.inFlight.late) late.add(keyOf(one, ['command', 'answer']));
    if (one.inFlight.command === 'put') again.add(keyOf(one, ['answer']));
  }
  return { all, late, again };
}

describe.each(sizes)('cells of a group with places for %i', (members) => {
  it('are states of createSystem, the copies that the link kept included', async () => {
    const { all, late, again } = await reachedBySystem(members);
    const { nodes, labels } = enumerateCells({ members, folded: true, distinguishStickiness: true });
    const textsOf = (edges: (typeof nodes)[number]['edges']) => edges.map(({ label }) => labels[label]!.text);
    for (const { cell, router, edges } of nodes) {
      const one: One = { ...cell, router: ROUTER_STATES[router]! };
      expect(all).toContain(keyOf(one, ['command', 'answer']));
      const texts = textsOf(edges);
      if (texts.includes('an older command arrives late'))
        expect(late, JSON.stringify(one)).toContain(keyOf(one, ['command', 'answer']));
      if (texts.includes('the command arrives a second time'))
        expect(again, JSON.stringify(one)).toContain(keyOf(one, ['answer']));
    }
  });
});

import { explore } from '@limpet/checker';
import type { SystemState } from '@limpet/model';
import { describe, expect, it } from 'vitest';
import { enumerateCells } from '../compile/enumerate.ts';
import { createCompositionModel } from '../composition/composition.ts';
import type { Cell } from './cell.ts';
import { ROUTER_STATES } from './router-steps.ts';

type SideOfCell = Pick<Cell, 'group' | 'rule' | 'members'>;
type ChannelOfCell = Pick<Cell, 'entry' | 'inFlight'>;

function sideKey(router: string, { group, rule, members }: SideOfCell): string {
  return JSON.stringify([router, group, rule, members]);
}

function channelKey({ entry, inFlight }: ChannelOfCell, messages: readonly (keyof Cell['inFlight'])[]): string {
  return JSON.stringify([entry, messages.map((message) => inFlight[message] ?? '-')]);
}

const settled = (channel: ChannelOfCell): string => channelKey(channel, ['command', 'answer']);
const answered = (channel: ChannelOfCell): string => channelKey(channel, ['answer']);

/** A group of two takes some ten seconds. */
const sizes = process.env.CI === 'true' ? [1, 2] : [1];

/** All that `createSystem` reaches, and where an older command, and a second copy of the latest, may be in flight. */
async function reachedBySystem(members: number) {
  const model = createCompositionModel({ members });
  const { states: count, store } = await explore(model);
  const [all, late, again] = [new Set<string>(), new Set<string>(), new Set<string>()];
  // A state has the numbers of its side and its channel: what they are is written out once for each number.
  const sides: string[] = [];
  const channels: { channel: ChannelOfCell; settled: string; answered: string }[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * store.words;
    const [side, channel] = [store.states[at]!, store.states[at + 1]!];
    if (sides[side] === undefined || channels[channel] === undefined) {
      const { router, groups, entries, link }: SystemState = model.systemStateOf(store.states, at);
      const one: ChannelOfCell = { entry: entries[0]!, inFlight: link[0]! };
      sides[side] = sideKey(router.value, groups[0]!);
      channels[channel] = { channel: one, settled: settled(one), answered: answered(one) };
    }
    const [written, of] = [sides[side], channels[channel]];
    all.add(`${written} ${of.settled}`);
    if (of.channel.inFlight.late) late.add(`${written} ${of.settled}`);
    if (of.channel.inFlight.command === 'put') again.add(`${written} ${of.answered}`);
  }
  return { all, late, again };
}

describe.each(sizes)('cells of a group with places for %i', (members) => {
  it('are states of createSystem, the copies that the link kept included', async () => {
    const { all, late, again } = await reachedBySystem(members);
    const { nodes, labels } = enumerateCells({
      members,
      folded: true,
      distinguishStickiness: true,
      addressesMove: true,
      certificatesGo: true,
    });
    const textsOf = (edges: (typeof nodes)[number]['edges']) => edges.map(({ label }) => labels[label]!.text);
    // Asked of the sets themselves: an assertion would copy one for each question.
    const isMissing = ({ cell, router, edges }: (typeof nodes)[number]): boolean => {
      const side = sideKey(ROUTER_STATES[router]!, cell);
      const texts = textsOf(edges);
      return !(
        all.has(`${side} ${settled(cell)}`) &&
        (!texts.includes('an older command arrives late') || late.has(`${side} ${settled(cell)}`)) &&
        (!texts.includes('the command arrives a second time') || again.has(`${side} ${answered(cell)}`))
      );
    };
    expect(nodes.filter(isMissing)).toEqual([]);
  });
});

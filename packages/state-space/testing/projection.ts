import { explore } from '@limpet/checker';
import { createCompositionModel } from '../src/composition/composition.ts';

/**
 * How many states of `createSystem` of one group the exploration of the composition meets, and how many events are possible in them. The
 * copies of the rule are left out: they never decide what is possible.
 */
export async function countProjected(members: number): Promise<{ states: number; transitions: number }> {
  const model = createCompositionModel({ members, symmetry: false });
  const { words, maxSuccessors } = model;
  const { states: count, store } = await explore(model, { memoryBytes: 500e6 });
  const out = { states: new Uint32Array(maxSuccessors * words), labels: new Uint32Array(maxSuccessors), count: 0 };
  // A state has the numbers of its side and its channel; what a channel is without copies is looked up once for each number.
  const keys = new Map<string, number>();
  const withoutCopies: number[] = [];
  const seen: Set<number>[] = [];
  let [states, transitions] = [0, 0];
  for (let at = 0; at < count * words; at += words) {
    const [side, channel] = [store.states[at]!, store.states[at + 1]!];
    if (withoutCopies[channel] === undefined) {
      const { entries, link } = model.systemStateOf(store.states, at);
      const key = JSON.stringify([entries, link]);
      if (!keys.has(key)) keys.set(key, keys.size);
      withoutCopies[channel] = keys.get(key)!;
    }
    const projected = withoutCopies[channel];
    seen[projected] ??= new Set();
    if (seen[projected].has(side)) continue;
    seen[projected].add(side);
    model.successors(store.states, at, out);
    states += 1;
    transitions += out.count;
  }
  return { states, transitions };
}

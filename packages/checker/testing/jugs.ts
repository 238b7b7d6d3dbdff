import type { Model } from '../src/model.ts';

const sizes = [3, 5] as const;
const names = ['small jug', 'big jug'] as const;

/** Two jugs without marks, of 3 and 5 litres, and a tap: can there be 4 litres in the big one? In 6 steps. */
export function createJugs(): Model {
  const actions: { lane: string; text: string; run: (amounts: number[]) => void }[] = [0, 1].flatMap((jug) => [
    { lane: names[jug]!, text: 'is filled', run: (amounts) => amounts.splice(jug, 1, sizes[jug]!) },
    { lane: names[jug]!, text: 'is emptied', run: (amounts) => amounts.splice(jug, 1, 0) },
    {
      lane: names[jug]!,
      text: `is poured into the ${names[1 - jug]}`,
      run(amounts) {
        const poured = Math.min(amounts[jug]!, sizes[1 - jug]! - amounts[1 - jug]!);
        amounts[jug]! -= poured;
        amounts[1 - jug]! += poured;
      },
    },
  ]);
  const unpack = (state: number): number[] => [state & 7, state >>> 3];
  return {
    name: 'jugs',
    words: 1,
    initial: [[0]],
    maxSuccessors: actions.length,
    successors(states, at, out) {
      for (const [label, action] of actions.entries()) {
        const amounts = unpack(states[at]!);
        action.run(amounts);
        out.states[out.count] = amounts[0]! | (amounts[1]! << 3);
        out.labels[out.count++] = label;
      }
    },
    violations: (states, at) => (unpack(states[at]!)[1] === 4 ? 1 : 0),
    invariants: [{ name: 'not-four', sentence: 'The big jug never holds 4 litres.', upstream: ['Die Hard 3'] }],
    quiescent: () => true,
    kindOf: () => 'environment',
    describeStep: (label) => actions[label]!,
    describeState(states, at) {
      const amounts = unpack(states[at]!);
      return Object.fromEntries(names.map((name, jug) => [name, `${amounts[jug]} l`]));
    },
  };
}

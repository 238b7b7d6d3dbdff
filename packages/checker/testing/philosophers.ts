import type { Model } from '../src/model.ts';

export interface PhilosophersOptions {
  philosophers: number;
  /** The last one takes the fork on the right first, and so none waits for ever. */
  lastIsLeftHanded?: boolean;
}

const phases = ['thinks', 'has one fork', 'eats'] as const;
const steps = ['takes a fork', 'takes the other fork', 'puts both forks back'] as const;

/** Philosophers at a round table with a fork between any two; to eat takes both. */
export function createPhilosophers({ philosophers, lastIsLeftHanded = false }: PhilosophersOptions): Model {
  const phase = (state: number, who: number): number => (state >>> (2 * who)) & 3;
  const everyone = Array.from({ length: philosophers }, (_, who) => who);
  /** The forks of a philosopher in the order in which they are taken. */
  const forks = everyone.map((who) => {
    const pair = [who, (who + 1) % philosophers];
    return lastIsLeftHanded && who === philosophers - 1 ? pair.reverse() : pair;
  });
  const held = (state: number, fork: number): boolean =>
    everyone.some((who) => forks[who]!.indexOf(fork) !== -1 && forks[who]!.indexOf(fork) < phase(state, who));
  const isPossible = (state: number, who: number): boolean =>
    phase(state, who) === 2 || !held(state, forks[who]![phase(state, who)]!);
  return {
    name: `${philosophers} philosophers`,
    words: 1,
    initial: [[0]],
    maxSuccessors: philosophers,
    successors(states, at, out) {
      const state = states[at]!;
      for (const who of everyone) {
        if (!isPossible(state, who)) continue;
        const now = phase(state, who);
        out.states[out.count] = now === 2 ? state & ~(3 << (2 * who)) : state + (1 << (2 * who));
        out.labels[out.count++] = who * steps.length + now;
      }
    },
    violations: (states, at) =>
      everyone.some((who) => phase(states[at]!, who) === 2 && phase(states[at]!, (who + 1) % philosophers) === 2)
        ? 1
        : 0,
    invariants: [{ name: 'fork-shared', sentence: 'No two neighbours eat at once.', upstream: ['Dijkstra 1965'] }],
    quiescent: (states, at) => everyone.some((who) => phase(states[at]!, who) === 2),
    kindOf: () => 'system',
    describeStep: (label) => ({
      lane: `philosopher ${Math.floor(label / steps.length) + 1}`,
      text: steps[label % steps.length]!,
    }),
    describeState: (states, at) =>
      Object.fromEntries(everyone.map((who) => [`philosopher ${who + 1}`, phases[phase(states[at]!, who)]!])),
  };
}

import type { Model, Successors } from '../src/model.ts';

/** How many processes, each with a counter of its own that goes from 0 to `limit`. */
export interface CountersOptions {
  processes: number;
  limit: number;
  /** Words of a state that the counters are spread over. */
  words?: number;
  /** Of states that differ only in which process has which count, take the sorted one. In one word only. */
  symmetry?: boolean;
}

/** Independent counters, three bits or so each: (limit + 1) ** processes states. Each may go up, down, or be reset. */
export function createCounters({ processes, limit, words = 1, symmetry = false }: CountersOptions): Model {
  const bits = Math.ceil(Math.log2(limit + 1));
  const perWord = Math.ceil(processes / words);
  const mask = 2 ** bits - 1;
  const read = (states: Uint32Array, at: number, process: number): number =>
    (states[at + Math.floor(process / perWord)]! >>> (bits * (process % perWord))) & mask;
  function successors(states: Uint32Array, at: number, out: Successors): void {
    let count = 0;
    for (let word = 0, process = 0; word < words; word++) {
      const packed = states[at + word]!;
      for (let shift = 0; process < processes && shift < perWord * bits; shift += bits, process++) {
        const value = (packed >>> shift) & mask;
        for (let action = 0; action < 3; action++) {
          if (action === 0 ? value === limit : value === 0) continue;
          for (let other = 0; other < words; other++) out.states[count * words + other] = states[at + other]!;
          const changed =
            action === 0 ? packed + (1 << shift) : action === 1 ? packed - (1 << shift) : packed & ~(mask << shift);
          out.states[count * words + word] = changed;
          out.labels[count++] = process * 3 + action;
        }
      }
    }
    out.count = count;
  }

  function sorted(states: Uint32Array, at: number, out: Successors): void {
    successors(states, at, out);
    for (let i = 0; i < out.count; i++) {
      const values = Array.from({ length: processes }, (_, process) => read(out.states, i, process)).sort();
      out.states[i] = values.reduce((packed, value, process) => packed | (value << (bits * process)), 0);
    }
  }

  return {
    name: `${processes} counters to ${limit}`,
    words,
    initial: [Array.from({ length: words }, () => 0)],
    maxSuccessors: 3 * processes,
    successors: symmetry ? sorted : successors,
    ...(symmetry && { successorsInPlace: successors }),
    violations: () => 0,
    invariants: [],
    quiescent: (states, at) => {
      for (let word = 0; word < words; word++) if (states[at + word] !== 0) return false;
      return true;
    },
    kindOf: (label) => (label % 3 === 1 ? 'system' : 'environment'),
    describeStep: (label) => ({
      lane: `counter ${Math.floor(label / 3) + 1}`,
      text: ['goes up', 'goes down', 'is reset'][label % 3]!,
    }),
    describeState(states, at) {
      const lanes: Record<string, string> = {};
      for (let process = 0; process < processes; process++)
        lanes[`counter ${process + 1}`] = `${read(states, at, process)}`;
      return lanes;
    },
  };
}

import fc from 'fast-check';
import type { Model, StepKind } from '../src/model.ts';
import type { Graph } from './graph.ts';

/** What a search by the book finds: a queue, a map, and nothing clever. */
export interface NaiveResult {
  /** The depth of each state, by its words joined with commas. */
  depths: Map<string, number>;
  transitions: number;
  /** For each invariant, how many states violate it. */
  violating: number[];
  /** `[invariant, depth]` of those violated, nearest first. */
  nearest: [number, number][];
  /** The steps of the system that change something. */
  systemSteps: Map<string, string[]>;
  quiescent: Set<string>;
}

export function naiveSearch(model: Model): NaiveResult {
  const depths = new Map(model.initial.map((words) => [words.join(), 0]));
  const systemSteps = new Map<string, string[]>();
  const quiescent = new Set<string>();
  const violating = model.invariants.map(() => 0);
  const nearest = new Map<number, number>();
  let transitions = 0;
  for (const [state, depth] of depths) {
    const words = Uint32Array.from(state.split(',').map(Number));
    const out = {
      states: new Uint32Array(model.maxSuccessors * model.words),
      labels: new Uint32Array(model.maxSuccessors),
      count: 0,
    };
    model.successors(words, 0, out);
    transitions += out.count;
    if (model.quiescent(words, 0)) quiescent.add(state);
    systemSteps.set(state, []);
    for (const i of violating.keys()) {
      if ((model.violations(words, 0) & (1 << i)) === 0) continue;
      violating[i]! += 1;
      if (!nearest.has(i)) nearest.set(i, depth);
    }
    for (let i = 0; i < out.count; i++) {
      const next = out.states.slice(i * model.words, (i + 1) * model.words).join();
      if (!depths.has(next)) depths.set(next, depth + 1);
      if (model.kindOf(out.labels[i]!) === 'system' && next !== state) systemSteps.get(state)!.push(next);
    }
  }
  const sorted = [...nearest].sort(([i, a], [j, b]) => a - b || i - j);
  return { depths, transitions, violating, nearest: sorted, systemSteps, quiescent };
}

/** Every state that can be reached by steps of the system, the state itself included. */
export function reachable(steps: ReadonlyMap<string, readonly string[]>, state: string): Set<string> {
  const seen = new Set([state]);
  for (const at of seen) for (const next of steps.get(at)!) seen.add(next);
  return seen;
}

/** Small graphs with few quiescent nodes, so that both verdicts are common. */
export const anyGraph: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 24 }).chain((nodes) => {
  const node = fc.nat(nodes - 1);
  const edge = fc.record({ to: node, kind: fc.constantFrom<StepKind>('system', 'system', 'environment', 'fault') });
  const all = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: nodes, maxLength: nodes });
  return fc.record({
    words: fc.integer({ min: 1, max: 4 }),
    initial: fc.array(node, { minLength: 1, maxLength: 3 }),
    edges: all(fc.array(edge, { maxLength: 4 })),
    violated: all(fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 3)),
    quiescent: all(fc.constantFrom(true, false, false, false)),
  });
});

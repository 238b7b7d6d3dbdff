import type { Model, StepKind } from '../src/model.ts';
import { numbered } from './numbered.ts';

/** A graph written down: node i has the edges `edges[i]`. */
export interface Graph {
  words: number;
  initial: readonly number[];
  edges: readonly (readonly { to: number; kind: StepKind }[])[];
  /** Bit i for each invariant that the node violates. */
  violated: readonly number[];
  quiescent: readonly boolean[];
}

const kinds: readonly StepKind[] = ['system', 'environment', 'fault'];

/** A node's number stands in the last word; the others make all bits of a word used. */
const pack = (node: number, words: number): number[] =>
  Array.from({ length: words }, (_, word) =>
    word === words - 1 ? node : Math.imul(node + 1, 0x9e37_79b1 + word) >>> 0,
  );

/** A model that is exactly this graph. */
export function createGraph(graph: Graph): Model {
  const { words } = graph;
  const nodeOf = (states: Uint32Array, at: number): number => states[at + words - 1]!;
  return {
    name: 'graph',
    words,
    initial: graph.initial.map((node) => pack(node, words)),
    maxSuccessors: Math.max(1, ...graph.edges.map((edges) => edges.length)),
    successors(states, at, out) {
      for (const { to, kind } of graph.edges[nodeOf(states, at)]!) {
        out.states.set(pack(to, words), out.count * words);
        out.labels[out.count++] = kinds.indexOf(kind);
      }
    },
    violations: (states, at) => graph.violated[nodeOf(states, at)]!,
    invariants: ['first', 'second'].map((name) => ({ name, sentence: `The ${name} one.`, upstream: [] })),
    quiescent: (states, at) => graph.quiescent[nodeOf(states, at)]!,
    kindOf: (label) => kinds[label]!,
    describeStep: (label) => ({ lane: kinds[label]!, text: 'steps' }),
    describeState: (states, at) => ({ node: `${nodeOf(states, at)}` }),
  };
}

/** The same, with its nodes' numbers known to the checker. */
export const createNumberedGraph = (graph: Graph): Model =>
  numbered(createGraph(graph), {
    size: graph.edges.length,
    rank: (states, at) => states[at + graph.words - 1]!,
    unrank: (number, states, at) => states.set(pack(number, graph.words), at),
  });

/** Every node leads to `degree` others that look random: most states are found at once, by all threads. */
export function createScramble({
  nodes,
  degree,
  violated,
  isNumbered = false,
}: {
  nodes: number;
  degree: number;
  violated: number;
  isNumbered?: boolean;
}): Model {
  const model: Model = {
    ...createGraph({ words: 1, initial: [0], edges: [], violated: [], quiescent: [] }),
    name: 'scramble',
    maxSuccessors: degree,
    successors(states, at, out) {
      for (let i = 0; i < degree; i++) {
        let mixed = Math.imul(states[at]! ^ (i << 20), 0x9e37_79b1);
        mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85eb_ca6b);
        out.states[i] = ((mixed ^ (mixed >>> 13)) >>> 0) % nodes;
        out.labels[i] = i % 2;
      }
      out.count = degree;
    },
    violations: (states, at) => (states[at]! % violated === violated - 1 ? 1 : 0),
    quiescent: (states, at) => states[at] === 0,
  };
  if (!isNumbered) return model;
  return numbered(model, {
    size: nodes,
    rank: (states, at) => states[at]!,
    unrank: (number, states, at) => {
      states[at] = number;
    },
  });
}

import { isQuiescent, isSystemStep } from './contract/answers.ts';
import { CheckerError } from './errors.ts';
import { chunkLength } from './expand.ts';
import type { Model } from './model.ts';
import { control, copyState, hashState, type Store, sameState } from './store.ts';
import { createSuccessors, writeSuccessors } from './successors/successors.ts';
import type { Task } from './task.ts';

const batchLength = 4096;

/** Where the steps of the system are collected: a graph in compressed rows. */
export interface EdgeBuffers {
  /** Numbers of the states that are stepped to. */
  edges: SharedArrayBuffer;
  /** For each state, where its edges begin. */
  starts: SharedArrayBuffer;
  /** For each state, how many edges it has. */
  degrees: SharedArrayBuffer;
  /** For each state, 1 when it is quiescent. */
  quiescent: SharedArrayBuffer;
  /** How many edges there are; more than fit when there is no room for them. */
  total: SharedArrayBuffer;
}

/**
 * `EdgeBuffers` as typed arrays. The edges of state `s` are `edges[starts[s]] .. edges[starts[s] + degrees[s] - 1]`, without
 * those from a state to itself; one array element of `starts`, `degrees` and `quiescent` for each state.
 */
export interface EdgeGraph {
  readonly edges: Uint32Array;
  readonly starts: Uint32Array;
  readonly degrees: Uint16Array;
  readonly quiescent: Uint8Array;
  readonly total: Int32Array;
}

/** Room for the edges of `states` states, at most `most` edges (4 bytes each, and 7 bytes for each state). */
export const allocateEdges = (states: number, most: number): EdgeBuffers => ({
  edges: new SharedArrayBuffer(4 * most),
  starts: new SharedArrayBuffer(4 * states),
  degrees: new SharedArrayBuffer(2 * states),
  quiescent: new SharedArrayBuffer(states),
  total: new SharedArrayBuffer(4),
});

/** A view of the shared buffers. Every thread opens its own; nothing is copied. */
export const openEdges = (buffers: EdgeBuffers): EdgeGraph => ({
  edges: new Uint32Array(buffers.edges),
  starts: new Uint32Array(buffers.starts),
  degrees: new Uint16Array(buffers.degrees),
  quiescent: new Uint8Array(buffers.quiescent),
  total: new Int32Array(buffers.total),
});

/** Remembers which labels are steps of the system: a model may take its time to say so. */
export function createSystemFilter(model: Model): (label: number) => boolean {
  const known = new Uint8Array(65_536);
  return (label) => {
    if (label >= known.length) return isSystemStep(model, label);
    if (known[label] === 0) known[label] = isSystemStep(model, label) ? 1 : 2;
    return known[label] === 1;
  };
}

/** Collects the system's steps of a range of states; a step that changes nothing is left out. */
export function createEdgeWriter(model: Model, store: Store, buffers: EdgeBuffers): Task {
  const { words } = model;
  const { states, slots } = store;
  const graph = openEdges(buffers);
  const isSystem = createSystemFilter(model);
  const out = createSuccessors(model);
  const length = Math.max(batchLength, chunkLength(model) * model.maxSuccessors);
  const batch = new Uint32Array(length * words);
  /** One more than there are: the last takes the result of reads that only bring memory near. */
  const hashes = new Int32Array(length + 1);
  const found = new Uint32Array(length);

  function collect(from: number, to: number): number {
    let pending = 0;
    for (let index = from; index < to; index++) {
      const at = index * words;
      writeSuccessors(model, states, at, out);
      graph.quiescent[index] = isQuiescent(model, states, at) ? 1 : 0;
      const before = pending;
      for (let i = 0; i < out.count; i++) {
        if (!isSystem(out.labels[i]!) || sameState(out.states, i * words, states, at, words)) continue;
        copyState(out.states, i * words, batch, pending * words, words);
        pending += 1;
      }
      graph.degrees[index] = pending - before;
    }
    return pending;
  }

  function lookUp(pending: number): void {
    const mask = (1 << store.control[control.log2Slots]!) - 1;
    let read = 0;
    for (let i = 0; i < pending; i++) {
      const hash = hashState(batch, i * words, words);
      hashes[i] = hash;
      read ^= slots[hash & mask]!;
    }
    for (let i = 0; i < pending; i++) {
      const value = slots[hashes[i]! & mask]!;
      if (value !== 0 && ((value ^ hashes[i]!) & ~mask) === 0) read ^= states[((value & mask) - 1) * words]!;
    }
    hashes[length] = read;
    for (let i = 0; i < pending; i++) found[i] = lookUpOne(hashes[i]!, i * words, mask);
  }

  function lookUpOne(hash: number, at: number, mask: number): number {
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const value = slots[slot]!;
      if (value === 0) throw notReached(model);
      const index = (value & mask) - 1;
      if (((value ^ hash) & ~mask) === 0 && sameState(states, index * words, batch, at, words)) return index;
    }
  }

  return {
    chunk: chunkLength(model),
    run(from, to) {
      const pending = collect(from, to);
      lookUp(pending);
      const start = Atomics.add(graph.total, 0, pending);
      if (start + pending > graph.edges.length) return;
      graph.edges.set(found.subarray(0, pending), start);
      let next = start;
      for (let index = from; index < to; index++) {
        graph.starts[index] = next;
        next += graph.degrees[index]!;
      }
    },
    finish: () => {},
  };
}

const notReached = (model: Model): CheckerError =>
  new CheckerError(
    'CHECKER_NOT_DETERMINISTIC',
    `${model.name}: a successor was not found among all states explored: the successors must be a function of the state alone`,
  );

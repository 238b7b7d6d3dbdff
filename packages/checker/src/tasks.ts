import { createEdgeWriter, type EdgeBuffers } from './edges.ts';
import { chunkLength, createExpander, type Expander } from './expand.ts';
import { createFindings, type Findings } from './findings.ts';
import type { Model } from './model.ts';
import { createNumberedEdgeWriter } from './numbered-edges.ts';
import { createNumberedExpander } from './numbered-expander.ts';
import { createRehasher, rehashChunk } from './rehash.ts';
import { control, openStore, type Store, type StoreBuffers } from './store.ts';
import type { Task } from './task.ts';

/** What the threads do in a round. */
export const roundKind = { stop: 0, expand: 1, rehash: 2, edges: 3 } as const;
/** One of the numbers of `roundKind`, as it stands in `control.kind`. */
export type RoundKind = (typeof roundKind)[keyof typeof roundKind];

/** Everything that the threads of a job share. */
export interface JobBuffers {
  store: StoreBuffers;
  findings: SharedArrayBuffer;
  /** Only where the steps of the system are collected. */
  edges?: EdgeBuffers;
}

/** The tasks of one thread. */
export function createTasks(model: Model, buffers: JobBuffers, thread: number): (kind: RoundKind) => Task {
  const store = openStore(buffers.store);
  const findings = createFindings(buffers.findings, thread, store);
  const expander = createExpanderFor(model, store, findings);
  const expand: Task = { chunk: chunkLength(model), run: expander.expand, finish: expander.flush };
  const rehash: Task = { chunk: rehashChunk, run: createRehasher(store), finish: () => {} };
  const edges = buffers.edges && createEdgeWriterFor(model, store, buffers.edges);
  return (kind) => {
    if (kind === roundKind.rehash) return rehash;
    return kind === roundKind.edges && edges ? edges : expand;
  };
}

/** By the numbers of the states, where the store was made for them. */
export const createExpanderFor = (model: Model, store: Store, findings: Findings): Expander =>
  model.numbering && store.seen
    ? createNumberedExpander(model, model.numbering, store.seen, store, findings)
    : createExpander(model, store, findings);

const createEdgeWriterFor = (model: Model, store: Store, edges: EdgeBuffers): Task =>
  model.numbering && store.seen
    ? createNumberedEdgeWriter(model, model.numbering, store, edges)
    : createEdgeWriter(model, store, edges);

/**
 * Takes chunks of the current round until there are none, until too many states are stored, or until `deadline` (ms of
 * `performance.now()`). False only in the last case.
 */
export function work(store: Store, task: Task, deadline: number): boolean {
  const words = store.control;
  const end = words[control.end]!;
  while (Atomics.load(words, control.count) <= Atomics.load(words, control.pauseAt)) {
    const from = Atomics.add(words, control.next, task.chunk);
    if (from >= end) break;
    task.run(from, Math.min(end, from + task.chunk));
    if (performance.now() > deadline) return false;
  }
  task.finish();
  return true;
}

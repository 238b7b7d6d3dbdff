import { CheckerError } from './errors.ts';
import { slackOf } from './expand.ts';
import { allocateFindings, countTransitions, createFindings, readViolations, type Violation } from './findings.ts';
import { loadModel, requireModel } from './load-model.ts';
import {
  defaultMemoryBytes,
  type MemoryPlan,
  maxLoad,
  megabytes,
  numberedBytes,
  planMemory,
  planNumbers,
  slotBytes,
  stateBytes,
} from './memory.ts';
import type { Model, ModelSource } from './model.ts';
import { allocateStore, control, maxThreads, openStore, type Store, type StoreBuffers } from './store.ts';
import { createExpanderFor, roundKind } from './tasks.ts';
import { createWorkerPool, type WorkerPool } from './worker-pool.ts';

/** What is known while an exploration runs. */
export interface ExploreProgress {
  states: number;
  transitions: number;
  /** Steps from an initial state to the states that are being found. */
  depth: number;
  seconds: number;
}

/** How an exploration runs. None of it changes which states are found. */
export interface ExploreOptions {
  /** Threads that work, the calling one included; 2 unless told. Only a `ModelSource` can have more than one. */
  threads?: number;
  /** Bound of the memory taken; two thirds of what the system can give without swapping unless told. */
  memoryBytes?: number;
  /** Called at most four times a second. */
  onProgress?: (progress: ExploreProgress) => void;
  /** Stop after the first level that has a violation; off unless told. Counts are then those of the levels explored. */
  stopAtViolation?: boolean;
}

/** Every state that can be reached from the initial ones, and what was found on the way. */
export interface Exploration {
  readonly model: Model;
  /** Distinct states. */
  states: number;
  /** Successors written by the model, self-loops and double ones included. */
  transitions: number;
  /** Most steps that a state is away from the initial ones. */
  depth: number;
  seconds: number;
  statesPerSecond: number;
  /** Bytes of the states, their parents and the hash table, divided by the number of states. */
  bytesPerState: number;
  /** Threads that took part. */
  threads: number;
  /** False when it stopped at a violation. */
  complete: boolean;
  /** One for each invariant that does not hold, the nearest first. */
  violations: Violation[];
  /** The states themselves; `store.states` holds `words` words each, in breadth-first order. */
  readonly store: Store;
  /** The memory of `store`, to be handed to threads. */
  readonly buffers: StoreBuffers;
  /** What was allowed. */
  readonly memoryBytes: number;
}

/** Below this many states in a level one thread is faster than several, and finds the same path every time. */
const aloneBelow = 4096;
/** Above this many states workers are started. */
const startWorkersAbove = 50_000;
/** Milliseconds between two reports of progress. */
const progressInterval = 250;

/**
 * Visits every reachable state, breadth first: the first state that violates an invariant is one that is nearest to the
 * initial states. Exact: states are stored and compared as a whole. The counts do not depend on the number of threads.
 *
 * @throws CheckerError `CHECKER_OUT_OF_MEMORY` before more than `memoryBytes` are taken.
 */
export async function explore(from: ModelSource | Model, options: ExploreOptions = {}): Promise<Exploration> {
  const source = 'factory' in from ? from : undefined;
  const model = 'factory' in from ? await loadModel(from) : requireModel(from);
  const threads = source ? requireThreads(options.threads ?? 2) : 1;
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes();
  const slack = slackOf(model) * threads;
  const leastLog2Slots = Math.ceil(Math.log2(4 * slack));
  const plan = planFor(model, memoryBytes, leastLog2Slots);
  const buffers = allocateStore(model.words, plan);
  const findings = allocateFindings(threads);
  const store = openStore(buffers);
  const pool = createWorkerPool(model, source, { store: buffers, findings }, threads);
  const search: Search = { model, store, findings, pool, threads, slack, memoryBytes, most: plan.log2Slots };
  if (store.seen) store.control[control.pauseAt] = store.capacity;
  else setTableSize(search, leastLog2Slots);
  try {
    return { ...(await runSearch(search, options)), buffers };
  } finally {
    await pool.stop();
  }
}

/** By number where there is room for every number: it may be that the states reached, hashed, need much less. */
const planFor = ({ words, numbering }: Model, bytes: number, leastLog2Slots: number): MemoryPlan =>
  (numbering && planNumbers(words, bytes, numbering.size)) ?? planMemory(words, bytes, leastLog2Slots);

interface Search {
  model: Model;
  store: Store;
  findings: SharedArrayBuffer;
  pool: WorkerPool;
  threads: number;
  slack: number;
  memoryBytes: number;
  /** The hash table may grow to 2 ** this many slots. */
  most: number;
}

async function runSearch(search: Search, options: ExploreOptions): Promise<Omit<Exploration, 'buffers'>> {
  const { model, store, findings, pool } = search;
  const words = store.control;
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const names = model.invariants.map(({ name }) => name);
  const report = throttle(options.onProgress);
  createExpanderFor(model, store, createFindings(findings, 0, store)).addInitial();

  let depth = 0;
  let complete = true;
  let started = false;
  for (let start = 0, end = words[control.count]!; start < end; ) {
    if (options.stopAtViolation && readViolations(findings, names, store).length > 0) {
      complete = false;
      break;
    }
    words[control.level] = depth + 1;
    const alone = end - start < aloneBelow;
    for (let next = start; next < end; next = Math.min(end, words[control.next]!)) {
      if (words[control.count]! > words[control.pauseAt]!) await grow(search);
      if (!started && words[control.count]! > startWorkersAbove) {
        started = true;
        pool.start();
      }
      await pool.round(roundKind.expand, next, end, alone);
      report(() => ({
        states: words[control.count]!,
        transitions: countTransitions(findings),
        depth,
        seconds: seconds(),
      }));
    }
    start = end;
    end = words[control.count]!;
    if (end > start) depth += 1;
  }

  const states = words[control.count]!;
  const taken = seconds();
  return {
    model,
    states,
    transitions: countTransitions(findings),
    depth,
    seconds: taken,
    statesPerSecond: Math.round(states / taken),
    bytesPerState: store.seen
      ? numberedBytes(model.words, states, store.slots.length) / states
      : stateBytes(model.words) + (slotBytes * 2 ** words[control.log2Slots]!) / states,
    threads: search.threads,
    complete,
    violations: readViolations(findings, names, store),
    store,
    memoryBytes: search.memoryBytes,
  };
}

function setTableSize({ store, slack }: Search, log2Slots: number): void {
  store.control[control.log2Slots] = log2Slots;
  store.control[control.pauseAt] = Math.min(Math.floor(maxLoad * 2 ** log2Slots), store.capacity) - slack;
}

/** Makes the hash table larger. The states stay where they are. */
async function grow(search: Search): Promise<void> {
  const { store, pool, slack } = search;
  const words = store.control;
  const [count, next, end] = [words[control.count]!, words[control.next]!, words[control.end]!];
  const log2Slots = words[control.log2Slots]! + 1;
  if (count + slack > store.capacity || log2Slots > search.most) throw tooManyStates(search, count, end - next);
  store.slots.fill(0, 0, 2 ** log2Slots);
  setTableSize(search, log2Slots);
  const { [control.pauseAt]: pauseAt } = words;
  words[control.pauseAt] = 2 ** 31 - 1;
  await pool.round(roundKind.rehash, 0, count, false);
  words[control.pauseAt] = pauseAt!;
}

function tooManyStates({ model, memoryBytes }: Search, count: number, open: number): CheckerError {
  const doubled = 2 * count * (stateBytes(model.words) + slotBytes / (maxLoad / 2));
  return new CheckerError(
    'CHECKER_OUT_OF_MEMORY',
    `${model.name}: ${count.toLocaleString('en')} states fill the ${megabytes(memoryBytes)} allowed, and at least ${open.toLocaleString('en')} ` +
      `are not expanded yet; twice as many states would need ${megabytes(doubled)}: raise memoryBytes, or check a smaller model`,
  );
}

function requireThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= maxThreads) return threads;
  throw new CheckerError('CHECKER_BAD_OPTION', `threads: ${threads} is not a number from 1 to ${maxThreads}`);
}

function throttle(onProgress: ExploreOptions['onProgress']): (progress: () => ExploreProgress) => void {
  let last = performance.now();
  return (progress) => {
    if (!onProgress || performance.now() - last < progressInterval) return;
    last = performance.now();
    onProgress(progress());
  };
}

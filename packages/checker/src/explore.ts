import { requireModel } from './contract/require-model.ts';
import { requireOptions } from './contract/require-options.ts';
import { CheckerError } from './errors.ts';
import { slackOf } from './expand.ts';
import { allocateFindings, countTransitions, createFindings, readViolations, type Violation } from './findings.ts';
import { isSource, loadModel } from './load-model.ts';
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

/** Why an exploration ended before it had expanded every state. */
export type StoppedBy = 'violation' | 'maxStates' | 'maxDepth';

/** How an exploration runs, and when it ends early. */
export interface ExploreOptions {
  /** Threads that work, the calling one included; 2 unless told. Only a `ModelSource` can have more than one. */
  threads?: number;
  /** Bound of the memory taken; two thirds of what the system can give without swapping unless told. */
  memoryBytes?: number;
  /** Called at most four times a second. */
  onProgress?: (progress: ExploreProgress) => void;
  /** Stop after the first level that has a violation; off unless told. Counts are then those of the levels explored. */
  stopAtViolation?: boolean;
  /**
   * Stop once more than so many states are found; no bound but memory unless told. There are then some thousand more at
   * the most, since a thread finishes the states that it has begun.
   */
  maxStates?: number;
  /** Stop before states that are so many steps from the initial ones are expanded; no bound unless told. */
  maxDepth?: number;
}

const KNOWN_OPTIONS = {
  threads: true,
  memoryBytes: true,
  onProgress: true,
  stopAtViolation: true,
  maxStates: true,
  maxDepth: true,
} as const;

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
  /** False when it ended early: what was not found may still be there. */
  complete: boolean;
  /** Why it is not complete; null when it is. */
  stoppedBy: StoppedBy | null;
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
 * initial states. Exact: states are stored and compared as a whole. The counts do not depend on the number of threads,
 * unless `maxStates` ends it.
 *
 * @throws CheckerError `CHECKER_BAD_MODEL`, `CHECKER_BAD_OPTION`; `CHECKER_TOO_MANY_SUCCESSORS` and
 * `CHECKER_NOT_DETERMINISTIC` when the model breaks its contract; `CHECKER_OUT_OF_MEMORY` before more than `memoryBytes`
 * are taken; `CHECKER_THREAD_FAILED` for an error of the model's own in another thread.
 */
export async function explore(from: ModelSource | Model, options: ExploreOptions = {}): Promise<Exploration> {
  requireOptions<ExploreOptions>(options, KNOWN_OPTIONS);
  requireLimits(options);
  const source = isSource(from) ? from : undefined;
  const model = isSource(from) ? await loadModel(from) : requireModel(from);
  const threads = source ? requireThreads(options.threads ?? 2) : 1;
  const { maxStates = Number.POSITIVE_INFINITY } = options;
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes();
  const slack = slackOf(model) * threads;
  const leastLog2Slots = Math.ceil(Math.log2(4 * slack));
  const plan = planFor(model, memoryBytes, leastLog2Slots);
  const buffers = allocateStore(model.words, plan);
  const findings = allocateFindings(threads);
  const store = openStore(buffers);
  const pool = createWorkerPool(model, source, { store: buffers, findings }, threads);
  const search: Search = { model, store, findings, pool, threads, slack, memoryBytes, maxStates, most: plan.log2Slots };
  if (store.seen) store.control[control.pauseAt] = Math.min(store.capacity, maxStates);
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
  maxStates: number;
  /** The hash table may grow to 2 ** this many slots. */
  most: number;
}

async function runSearch(search: Search, options: ExploreOptions): Promise<Omit<Exploration, 'buffers'>> {
  const { model, store, findings, pool } = search;
  const words = store.control;
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const { maxDepth = Number.POSITIVE_INFINITY } = options;
  const names = model.invariants.map(({ name }) => name);
  const report = throttle(options.onProgress);
  createExpanderFor(model, store, createFindings(findings, 0, store)).addInitial();

  let depth = 0;
  let stoppedBy: StoppedBy | null = null;
  let started = false;
  levels: for (let start = 0, end = words[control.count]!; start < end; ) {
    if (options.stopAtViolation && readViolations(findings, names, store).length > 0) {
      stoppedBy = 'violation';
      break;
    }
    if (depth >= maxDepth) {
      stoppedBy = 'maxDepth';
      break;
    }
    words[control.level] = depth + 1;
    const alone = end - start < aloneBelow;
    for (let next = start; next < end; next = Math.min(end, words[control.next]!)) {
      if (words[control.count]! > search.maxStates) {
        stoppedBy = 'maxStates';
        if (words[control.count]! > end) depth += 1;
        break levels;
      }
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
    complete: stoppedBy === null,
    stoppedBy,
    violations: readViolations(findings, names, store),
    store,
    memoryBytes: search.memoryBytes,
  };
}

function setTableSize({ store, slack, maxStates }: Search, log2Slots: number): void {
  store.control[control.log2Slots] = log2Slots;
  const fit = Math.min(Math.floor(maxLoad * 2 ** log2Slots), store.capacity) - slack;
  store.control[control.pauseAt] = Math.min(fit, maxStates);
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
      `are not expanded yet; twice as many states would need ${megabytes(doubled)}: raise memoryBytes, check a smaller model, or end early with maxStates or maxDepth`,
  );
}

function requireLimits(options: ExploreOptions): void {
  for (const [name, least] of [
    ['memoryBytes', 1],
    ['maxStates', 1],
    ['maxDepth', 0],
  ] as const) {
    const limit = options[name];
    if (limit === undefined || limit >= least) continue;
    throw new CheckerError('CHECKER_BAD_OPTION', `${name}: ${limit} is not a number from ${least} on`);
  }
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

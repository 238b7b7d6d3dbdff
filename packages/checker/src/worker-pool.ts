import { Worker } from 'node:worker_threads';
import { CheckerError, isCheckerCode } from './errors.ts';
import type { Model, ModelSource } from './model.ts';
import { control, openStore } from './store.ts';
import { createTasks, type JobBuffers, type RoundKind, roundKind, work } from './tasks.ts';
import type { WorkerData } from './worker.ts';

/** The calling thread works this long, in ms, before it lets others of its event loop run. */
const slice = 40;

/** The threads of a job: the calling one, and workers that join between two rounds, once they are needed and ready. */
export interface WorkerPool {
  /** All threads work through states `from` to `to`; ends early when more states are stored than `pauseAt` allows. */
  round(kind: RoundKind, from: number, to: number, alone: boolean): Promise<void>;
  /** Starts the workers; they join with a later round. */
  start(): void;
  /** Ends the workers. */
  stop(): Promise<void>;
}

/**
 * The error of a worker, for the caller: between threads an error keeps its message and its code, and loses its class.
 * A worker whose heap is full ends with an error, where the calling thread would end the process.
 */
function errorOf(cause: Error & { code?: unknown }): CheckerError {
  const { code, message } = cause;
  if (isCheckerCode(code)) return new CheckerError(code, message, { cause });
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return new CheckerError('CHECKER_THREAD_FAILED', message, { cause });
  return new CheckerError(
    'CHECKER_OUT_OF_MEMORY',
    'the objects that the model keeps fill the heap of a thread: keep less in the model, end early with maxStates or maxDepth, or start node with a larger --max-old-space-size',
    { cause },
  );
}

/**
 * A pool for one job.
 *
 * @param source - how workers get the model; without it the calling thread works alone.
 * @param threads - the calling one included.
 */
export function createWorkerPool(
  model: Model,
  source: ModelSource | undefined,
  buffers: JobBuffers,
  threads: number,
): WorkerPool {
  const store = openStore(buffers.store);
  const words = store.control;
  const tasks = createTasks(model, buffers, 0);
  // The store may have served another pool.
  words.fill(0, control.joins, control.joins + threads);
  const workers: Worker[] = [];
  const ready: number[] = [];
  let active = 0;
  let failure: Error | undefined;

  function startWorker(thread: number, from: ModelSource): Worker {
    const data: WorkerData = { source: from, buffers, thread };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data });
    worker.once('message', () => ready.push(thread));
    worker.once('error', (error) => {
      failure ??= error as Error;
    });
    return worker;
  }

  /** Lets the event loop run: progress, signals, messages of the workers. */
  async function yieldToEventLoop(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (failure) throw errorOf(failure);
  }

  function open(kind: RoundKind, from: number, to: number, alone: boolean): void {
    Atomics.store(words, control.next, from);
    Atomics.store(words, control.end, to);
    Atomics.store(words, control.finished, 0);
    Atomics.store(words, control.kind, kind);
    if (alone) return;
    const round = Atomics.load(words, control.round) + 1;
    for (const thread of ready.splice(0)) {
      active += 1;
      Atomics.store(words, control.joins + thread, round);
      Atomics.notify(words, control.joins + thread);
    }
    Atomics.store(words, control.round, round);
    Atomics.notify(words, control.round);
  }

  async function othersFinish(): Promise<void> {
    let since = performance.now();
    for (;;) {
      const finished = Atomics.load(words, control.finished);
      if (finished === active) break;
      Atomics.wait(words, control.finished, finished, 5);
      if (performance.now() - since < slice) continue;
      await yieldToEventLoop();
      since = performance.now();
    }
    // The error of a worker that has failed arrives as an event.
    while (Atomics.load(words, control.failed) !== 0) await yieldToEventLoop();
  }

  let lastYield = performance.now();
  return {
    async round(kind, from, to, alone) {
      open(kind, from, to, alone);
      const task = tasks(kind);
      while (!work(store, task, lastYield + slice)) {
        await yieldToEventLoop();
        lastYield = performance.now();
      }
      if (!alone) await othersFinish();
    },
    start() {
      if (!source) return;
      for (let thread = workers.length + 1; thread < threads; thread++) workers.push(startWorker(thread, source));
    },
    async stop() {
      open(roundKind.stop, 0, 0, false);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

import { parentPort, workerData } from 'node:worker_threads';
import { loadModel } from './load-model.ts';
import type { ModelSource } from './model.ts';
import { control, openStore } from './store.ts';
import { createTasks, type JobBuffers, type RoundKind, roundKind, work } from './tasks.ts';

/** What a worker is started with. */
export interface WorkerData {
  source: ModelSource;
  buffers: JobBuffers;
  thread: number;
}

const { source, buffers, thread }: WorkerData = workerData;
const store = openStore(buffers.store);
const words = store.control;

const tasks = createTasks(await loadModel(source), buffers, thread);
parentPort!.postMessage('ready');
Atomics.wait(words, control.joins + thread, 0);
for (let round = Atomics.load(words, control.joins + thread); ; round++) {
  Atomics.wait(words, control.round, round - 1);
  const kind = Atomics.load(words, control.kind) as RoundKind;
  if (kind === roundKind.stop) break;
  try {
    work(store, tasks(kind), Number.POSITIVE_INFINITY);
  } catch (error) {
    Atomics.store(words, control.failed, 1);
    throw error;
  } finally {
    Atomics.add(words, control.finished, 1);
    Atomics.notify(words, control.finished);
  }
}

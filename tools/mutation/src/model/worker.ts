/**
 * A thread that judges one mutant after another.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { behaviourOf, type Reached } from './behaviour.ts';
import { judge } from './judge.ts';
import { createLoader, type MutatedFile } from './load-mutant.ts';

/** What a worker is given when it starts. */
export interface WorkerData {
  readonly root: string;
  readonly sizes: readonly number[];
  /** Without it, no mutant is told to be equal. */
  readonly reached?: Reached;
}

const { root, sizes, reached }: WorkerData = workerData;
const load = createLoader(root);
const original = reached && (await load({ file: '', edits: [] }));
const behaviour = original && behaviourOf(original, reached);

parentPort!.on('message', async (mutant: MutatedFile) => {
  try {
    parentPort!.postMessage(await judge(await load(mutant), sizes, behaviour));
  } catch (error) {
    parentPort!.postMessage({ is: 'thrown', by: error instanceof Error ? error.message : String(error) });
  }
});

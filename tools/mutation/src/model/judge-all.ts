import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Mutant } from './mutant.ts';
import type { Verdict } from './verdict.ts';
import type { WorkerData } from './worker.ts';

/** How mutants are judged. */
export interface JudgeOptions extends WorkerData {
  readonly threads: number;
  onVerdict?(mutant: Mutant, verdict: Verdict): void;
}

/** A thread keeps the modules of every mutant that it has loaded, so it ends after so many. */
const MUTANTS_A_THREAD = 100;
/** Seconds of processor time of one mutant, ten times what the slowest takes: then a step of it does not end. */
const MOST_SECONDS = 600;
const LOOK_EVERY_MS = 1000;

/** Judges mutants, several at a time. */
export async function judgeAll(mutants: readonly Mutant[], options: JudgeOptions): Promise<Map<Mutant, Verdict>> {
  const verdicts = new Map<Mutant, Verdict>();
  const waiting = [...mutants];
  const lane = async (): Promise<void> => {
    let [worker, judged] = [await startWorker(options), 0];
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      if (judged === MUTANTS_A_THREAD) {
        await worker.terminate();
        [worker, judged] = [await startWorker(options), 0];
      }
      const verdict = await ask(worker, mutant);
      judged = verdict.is === 'endless' ? MUTANTS_A_THREAD : judged + 1;
      verdicts.set(mutant, verdict);
      options.onVerdict?.(mutant, verdict);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(options.threads, mutants.length) }, lane));
  return verdicts;
}

async function startWorker({ root, sizes, reached }: JudgeOptions): Promise<Worker> {
  const workerData: WorkerData = { root, sizes, ...(reached && { reached }) };
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData, execArgv: [] });
  await once(worker, 'online');
  return worker;
}

function ask(worker: Worker, { file, edits }: Mutant): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    let began: number | undefined;
    const watch = setInterval(async () => {
      const { user: now } = await worker.cpuUsage();
      began ??= now;
      if (now - began > MOST_SECONDS * 1e6) end({ is: 'endless' });
    }, LOOK_EVERY_MS);
    const end = (verdict: Verdict): void => {
      clearInterval(watch);
      worker.off('message', end);
      worker.off('error', fail);
      if (verdict.is === 'endless') void worker.terminate();
      resolve(verdict);
    };
    const fail = (error: Error & { code?: string }): void => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') end({ is: 'endless' });
      else {
        clearInterval(watch);
        reject(error);
      }
    };
    worker.on('message', end);
    worker.on('error', fail);
    worker.postMessage({ file, edits });
  });
}

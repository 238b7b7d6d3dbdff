import type { ElkNode } from 'elkjs/lib/elk-api';
import Elk from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { Engine } from '../../chart/lay-out.ts';

/** The element in which a page that is one file carries the worker's source. */
const INLINE = 'layout-worker';

/** ELK in a worker, which begins at once. Rejects when the worker cannot be had. */
export function createElkEngine(): Engine {
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});

  const start = async (): Promise<InstanceType<typeof Elk>> => {
    const worker = new Worker(workerAddress());
    // elkjs never settles when its worker does not come up.
    worker.addEventListener('error', ({ message }) => fail(new Error(`the layout worker: ${message || 'not loaded'}`)));
    return new Elk({ workerFactory: () => worker });
  };
  const elk = start();
  elk.catch(fail);
  return async (graph): Promise<ElkNode> => Promise.race([elk.then((ready) => ready.layout(graph)), failed]);
}

function workerAddress(): string {
  const inline = document.getElementById(INLINE)?.textContent;
  if (!inline) return workerUrl;
  return URL.createObjectURL(new Blob([inline], { type: 'text/javascript' }));
}

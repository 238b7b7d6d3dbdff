import type { Clock, Haproxy } from '@limpet/data-plane';
import { cliCommand, readShowPeers, resyncFinished } from '@limpet/haproxy';
import { ready } from '../config/resync-wait.ts';
import { runOps } from '../runtime/commands.ts';

const pollMs = 5;

/** A worker that nobody teaches gives up after 5 s (src/peers.c). */
const lessonLimitMs = 6_000;

/**
 * Tells the current worker that its tables are there, when they are. Does nothing when it has been told.
 *
 * @param taught false: nobody teaches this worker, as after a start, or there is nothing to be taught
 */
export async function endResyncWait(haproxy: Haproxy, clock: Clock, stickMap: string, taught = true): Promise<void> {
  const deadline = clock.now() + lessonLimitMs;
  let isKnown: boolean;
  for (;;) {
    const [told, peers] = await haproxy.runtime([cliCommand('get', 'map', stickMap, ready), 'show peers']);
    // Where there are no rules there is no map, and nobody waits.
    if (!/found=/.test(told!) || /value="yes"/.test(told!)) return;
    isKnown = /found=yes/.test(told!);
    if (!taught || resyncFinished(readShowPeers(peers!)) || clock.now() >= deadline) break;
    await clock.sleep(pollMs);
  }
  await runOps(haproxy, [
    { command: cliCommand(isKnown ? 'set' : 'add', 'map', stickMap, ready, 'yes'), answer: /^$/ },
  ]);
}

import type { DataPlane } from '@limpet/data-plane';
import { cliCommand, readShowPeers, resyncFinished } from '@limpet/haproxy';
import { ready } from '../config/resync-wait.ts';
import { runOps } from '../runtime/commands.ts';

const pollMs = 5;

/** A worker that no peer teaches gives up after 5 s (src/peers.c). */
const resyncLimitMs = 6_000;

/** Which worker's wait ends. */
export interface ResyncWait {
  /** Path of the stick map. */
  stickMap: string;
  /** Whether the old worker teaches the current one its tables: false after a start, or when the tables were empty. */
  taught: boolean;
}

/**
 * Ends the resync wait of the current worker, once its tables are complete: from then on its sticky clients are served
 * without delay. Does nothing when the wait has ended before.
 *
 * @throws RouterError `ROUTER_COMMAND_REFUSED`.
 */
export async function endResyncWait(
  { haproxy, clock }: Pick<DataPlane, 'haproxy' | 'clock'>,
  { stickMap, taught }: ResyncWait,
): Promise<void> {
  const deadline = clock.now() + resyncLimitMs;
  let exists: boolean;
  for (;;) {
    const [entry, peers] = await haproxy.runtime([cliCommand('get', 'map', stickMap, ready), 'show peers']);
    // Without rules there is no map, and no client waits.
    if (!/found=/.test(entry!) || /value="yes"/.test(entry!)) return;
    exists = /found=yes/.test(entry!);
    if (!taught || resyncFinished(readShowPeers(peers!)) || clock.now() >= deadline) break;
    await clock.sleep(pollMs);
  }
  await runOps(haproxy, [{ command: cliCommand(exists ? 'set' : 'add', 'map', stickMap, ready, 'yes'), answer: /^$/ }]);
}

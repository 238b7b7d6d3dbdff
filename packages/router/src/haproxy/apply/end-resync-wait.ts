import type { DataPlane } from '@limpet/data-plane';
import { cliCommand, isPeerConnected, type PeersSection, readShowPeers, resyncFinished } from '@limpet/haproxy';
import { ready } from '../config/resync-wait.ts';
import { runOps } from '../runtime/commands.ts';

/** The time between two looks: at least so long, and as long as a look took, which with thousands of tables is work. */
const pollMs = 5;

/** A worker that no peer teaches gives up after 5 s (src/peers.c). */
const resyncLimitMs = 6_000;

/** The other router of a pair teaches 200,000 entries in 0.3 s. When both have just started, it never says that it has. */
const otherLimitMs = 1_000;

/** A router that is not connected after this time is away. */
const connectLimitMs = 500;

/** Which worker's wait ends. */
export interface ResyncWait {
  /** Path of the stick map. */
  stickMap: string;
  /**
   * Who teaches the current worker its tables: the old worker; after a start, the other router of a pair. Undefined:
   * nobody does, or the tables were empty.
   */
  teacher: 'old worker' | 'other router' | undefined;
}

/** Whether the worker is to be taught still. */
const isTaught = (sections: readonly PeersSection[], teacher: ResyncWait['teacher'], waitedMs: number): boolean => {
  if (teacher === undefined || resyncFinished(sections)) return false;
  if (teacher === 'old worker') return waitedMs < resyncLimitMs;
  const others = sections.flatMap(({ peers }) => peers).filter(({ local }) => !local);
  const isConnected = others.some(isPeerConnected);
  return waitedMs < (isConnected ? otherLimitMs : connectLimitMs);
};

/**
 * Ends the resync wait of the current worker, once its tables are complete: from then on its sticky clients are served
 * without delay. Does nothing when the wait has ended before.
 *
 * @throws RouterError `ROUTER_COMMAND_REFUSED`.
 */
export async function endResyncWait(
  { haproxy, clock }: Pick<DataPlane, 'haproxy' | 'clock'>,
  { stickMap, teacher }: ResyncWait,
): Promise<void> {
  const began = clock.now();
  let exists: boolean;
  for (;;) {
    const asked = clock.now();
    const [entry, peers] = await haproxy.runtime([cliCommand('get', 'map', stickMap, ready), 'show peers']);
    // Without rules there is no map, and no client waits.
    if (!/found=/.test(entry!) || /value="yes"/.test(entry!)) return;
    exists = /found=yes/.test(entry!);
    if (!isTaught(readShowPeers(peers!), teacher, clock.now() - began)) break;
    await clock.sleep(Math.max(pollMs, clock.now() - asked));
  }
  await runOps(haproxy, [{ command: cliCommand(exists ? 'set' : 'add', 'map', stickMap, ready, 'yes'), answer: /^$/ }]);
}

import { cliCommand, readShowPeers, resyncFinished, type Word } from '@limpet/haproxy';
import type { Clock, Haproxy } from '../dataplane.ts';
import type { RouterPaths } from './paths.ts';
import { runOps } from './runtime.ts';

/**
 * An entry of the stick map that no file has: a worker has it once its tables are there. A new worker takes connections
 * at once, and the old one's tables some milliseconds later; a sticky client that comes in between would be given
 * another member, and keep it.
 */
export const ready = 'ready';

/** Until then a client waits no longer than this, and is then served all the same. */
const longestWait = '1s';
const pollMs = 5;
/** A worker that nobody teaches gives up after 5 s (src/peers.c). */
const lessonLimitMs = 6_000;

/**
 * Lines that let new connections wait for the worker's tables, before its `stick` rules are asked. With the map as it is,
 * whoever comes by a rule that is not sticky goes on at once.
 *
 * @param always the rule is sticky whatever the map says
 */
export const waitForTable = ({ stickMap }: RouterPaths, always = false): readonly (readonly Word[])[] => [
  ['tcp-request', 'inspect-delay', longestWait],
  ...(always ? [] : [acceptIf('{', `be_name,map_str(${stickMap},none)`, '-m', 'str', 'none', '}')]),
  acceptIf('{', `str(${ready}),map_str(${stickMap},no)`, '-m', 'str', 'yes', '}'),
  acceptIf('WAIT_END'),
];

const acceptIf = (...condition: Word[]): readonly Word[] => ['tcp-request', 'content', 'accept', 'if', ...condition];

/**
 * Tells the current worker that its tables are there, when they are. Does nothing when it has been told.
 *
 * @param taught false: nobody teaches this worker, as after a start, or there is nothing to be taught
 */
export async function endTableWait(haproxy: Haproxy, clock: Clock, stickMap: string, taught = true): Promise<void> {
  const deadline = clock.now() + lessonLimitMs;
  for (;;) {
    const [told, peers] = await haproxy.runtime([cliCommand('get', 'map', stickMap, ready), 'show peers']);
    // Where there are no rules there is no map, and nobody waits.
    if (!/found=no/.test(told!)) return;
    if (!taught || resyncFinished(readShowPeers(peers!)) || clock.now() >= deadline) break;
    await clock.sleep(pollMs);
  }
  await runOps(haproxy, [{ command: cliCommand('add', 'map', stickMap, ready, 'yes'), answer: /^$/ }]);
}

import type { Clock, Haproxy } from '@limpet/data-plane';
import { readShowEnv, readShowPeers, readShowProc, readShowTable, resyncFinished } from '@limpet/haproxy';
import { RouterError } from '../../errors.ts';
import { configHashVariable } from '../config/names.ts';
import { peersName } from '../config/render.ts';

const pollMs = 10;

/** A worker that starts without a living peer waits 5 s for one before its tables count as complete (src/peers.c). */
const resyncLimitMs = 15_000;
const takeoverLimitMs = 20_000;

/**
 * Waits until the current worker can hand its tables over. A reload before that silently loses every entry
 * (haproxy#842, haproxy#1216, and measured: all within the first 5 s of a cold start). Empty tables need no wait.
 *
 * @returns whether the current worker will teach the next one: a worker whose own tables are incomplete does not.
 * @throws RouterError `ROUTER_RESYNC_TIMEOUT`.
 */
export async function awaitResync(haproxy: Haproxy, clock: Clock): Promise<boolean> {
  const deadline = clock.now() + resyncLimitMs;
  for (;;) {
    const [peers] = await haproxy.runtime([`show peers ${peersName}`]);
    if (resyncFinished(readShowPeers(peers!))) return true;
    const [tables] = await haproxy.runtime(['show table']);
    if (readShowTable(tables!).every(({ used }) => used === 0)) return false;
    if (clock.now() >= deadline) {
      throw new RouterError(
        'ROUTER_RESYNC_TIMEOUT',
        `stick tables are not in step after ${resyncLimitMs} ms ("show peers ${peersName}"); is the peers port free? Not reloading, since a reload would lose them`,
      );
    }
    await clock.sleep(pollMs);
  }
}

const workersOf = async (haproxy: Haproxy) => readShowProc(await haproxy.master('show proc'));

/** Undefined while the master re-executes itself: its socket is gone for some milliseconds. */
const unlessUnreachable = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if ((error as { code?: string }).code === 'HAPROXY_CLI_UNREACHABLE') return undefined;
    throw error;
  }
};

/**
 * Reloads once, and waits until a new worker (by its pid) runs the static configuration with this hash. The master's
 * answer does not tell: 2.6 answers nothing, and after a failed reload the old worker continues.
 *
 * @throws RouterError `ROUTER_RELOAD_FAILED`: the old worker continues to serve, with its tables.
 */
export async function reloadInto(haproxy: Haproxy, configHash: string, clock: Clock): Promise<void> {
  const before = await workersOf(haproxy);
  const former = new Set(before.workers.map(({ pid }) => pid));
  await haproxy.signalReload();
  const deadline = clock.now() + takeoverLimitMs;
  for (;;) {
    const now = await unlessUnreachable(workersOf(haproxy));
    if (now && (now.failed ?? 0) > (before.failed ?? 0)) {
      throw new RouterError(
        'ROUTER_RELOAD_FAILED',
        'HAProxy could not take the new configuration although it is valid: an address is not local, or another process listens on the port ("ss -ltnp" on the router)',
      );
    }
    if (now && now.workers.length > 0 && now.workers.every(({ pid }) => !former.has(pid))) {
      const [env] = (await unlessUnreachable(haproxy.runtime([`show env ${configHashVariable}`]))) ?? [];
      if (env !== undefined && readShowEnv(env).get(configHashVariable) === configHash) return;
    }
    if (clock.now() >= deadline) {
      throw new RouterError(
        'ROUTER_RELOAD_FAILED',
        `no new HAProxy worker took over within ${takeoverLimitMs} ms; see HAProxy's log`,
      );
    }
    await clock.sleep(pollMs);
  }
}

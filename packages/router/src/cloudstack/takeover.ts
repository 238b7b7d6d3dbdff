import type { DataPlane } from '@limpet/data-plane';
import { readShowPeers, readShowProc, readShowTable, resyncFinished, type ShowProc } from '@limpet/haproxy';

/** Name of the peers section without the known defect `noPeers`. CloudStack has none. */
export const peersSection = 'lb';

const pollMs = 10;
const limitMs = 20_000;

/**
 * Waits until stick-table entries would survive a reload: they are lost in the first 5 s of a worker
 * (PEER_RESYNC_TIMEOUT in HAProxy's peers.c). Uses the master's CLI, since CloudStack 4.19.1 has no admin socket.
 */
export const awaitPeers = (dataPlane: DataPlane): Promise<void> => awaitResync(dataPlane, ({ used }) => used > 0);

/** Waits until the worker after a reload has the tables of the one before. */
export const awaitTables = (dataPlane: DataPlane): Promise<void> => awaitResync(dataPlane, () => true);

async function awaitResync(
  { haproxy, clock }: DataPlane,
  matters: (table: { used: number }) => boolean,
): Promise<void> {
  const deadline = clock.now() + limitMs;
  while (readShowTable(await haproxy.master('@1 show table')).some(matters)) {
    const peers = readShowPeers(await haproxy.master(`@1 show peers ${peersSection}`));
    if (resyncFinished(peers) || clock.now() >= deadline) return;
    await clock.sleep(pollMs);
  }
}

/** Reloads, and waits until a new worker has taken over. Rejects when HAProxy continues with the old one. */
export async function reloadAndLook({ haproxy, clock }: DataPlane): Promise<void> {
  const before = readShowProc(await haproxy.master('show proc'));
  const former = new Set(before.workers.map(({ pid }) => pid));
  await haproxy.signalReload();
  const deadline = clock.now() + limitMs;
  for (;;) {
    const now = await processes(haproxy);
    if (now && (now.failed ?? 0) > (before.failed ?? 0)) throw new Error('HAProxy goes on with its old configuration');
    if (now && now.workers.length > 0 && now.workers.every(({ pid }) => !former.has(pid))) return;
    if (clock.now() >= deadline) throw new Error(`no new HAProxy worker within ${limitMs} ms`);
    await clock.sleep(pollMs);
  }
}

/** Undefined while the master re-executes itself. */
async function processes(haproxy: DataPlane['haproxy']): Promise<ShowProc | undefined> {
  try {
    return readShowProc(await haproxy.master('show proc'));
  } catch (error) {
    if ((error as { code?: string }).code === 'HAPROXY_CLI_UNREACHABLE') return undefined;
    throw error;
  }
}

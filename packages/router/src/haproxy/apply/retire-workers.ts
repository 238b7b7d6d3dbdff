import type { Clock, Haproxy } from '@limpet/data-plane';
import type { ClientSession } from '../../drain-rules.ts';
import { endSessions, type WorkerSessions } from '../runtime/sessions.ts';

const pollMs = 50;

/** How often a connection is told to end before the router gives up on its worker. */
const maxRounds = 20;

/** What a retirement needs of its router. */
export interface Retirement {
  haproxy: Haproxy;
  clock: Clock;
  workerSessions: WorkerSessions;
  /** Highest number of old workers, counting the one that the next reload makes. */
  maxOldWorkers: number;
  /** Milliseconds that connections of a surplus worker get to end by themselves. */
  deadlineMs: number;
}

/**
 * Makes room for one more old worker: gives the connections of the oldest ones a deadline, and ends them then.
 *
 * @returns the connections that were ended; the conditions of their rules have to say so.
 */
export async function retireOldWorkers(retirement: Retirement): Promise<ClientSession[]> {
  const { workerSessions, maxOldWorkers } = retirement;
  const { old } = await workerSessions.workers();
  const ended = await Promise.all(
    old.slice(0, Math.max(0, old.length - maxOldWorkers + 1)).map((pid) => retire(pid, retirement)),
  );
  return ended.flat();
}

async function retire(
  pid: number,
  { haproxy, clock, workerSessions, deadlineMs }: Retirement,
): Promise<ClientSession[]> {
  const deadline = clock.now() + deadlineMs;
  const ended = new Map<string, ClientSession>();
  for (let round = 0; round < maxRounds; ) {
    const sessions = await workerSessions.sessionsOn(pid);
    if (sessions.length === 0) break;
    if (clock.now() >= deadline) {
      round++;
      for (const session of sessions) ended.set(session.id, session);
      await endSessions(
        haproxy,
        sessions.map((session) => ({ pid, session })),
      );
    }
    await clock.sleep(pollMs);
  }
  return [...ended.values()];
}

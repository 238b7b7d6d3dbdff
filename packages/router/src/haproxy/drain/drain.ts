import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { concernsOldSessionsOnly, type DrainRule, matches, seedEntries, stillApplies } from '../../drain-rules.ts';
import { runOps, seedOp } from '../runtime/commands.ts';
import {
  concerns,
  endSessions,
  entriesOf,
  type HeldSession,
  heldOf,
  type SessionScope,
  sourcesOf,
  type WorkerSessions,
} from '../runtime/sessions.ts';

/** An obligation of one rule, and the sessions that it can be about. */
export interface Drain {
  /** The rule's id. */
  rule: string;
  proxy: string;
  drainRule: DrainRule;
  /** Undefined: any session of the rule, whenever it began. */
  scope: SessionScope | undefined;
}

/** How often a connection that does not end is told to, before the rule's condition says so. */
const maxRounds = 20;
const roundMs = 25;

/** How often it is looked whether connections have ended by themselves. */
const pollMs = 100;

/** The debts of a change. Pure. */
export const drainsFor = (
  rule: string,
  proxy: string,
  drainRules: readonly DrainRule[],
  scope: SessionScope | undefined,
): Drain[] =>
  drainRules.flatMap((drainRule) => {
    const old = concernsOldSessionsOnly(drainRule) ? scope : undefined;
    return old && !concerns(old, proxy) ? [] : [{ rule, proxy, drainRule, scope: old }];
  });

/** Connections that the debt is still about. */
async function remainingSessions(
  { haproxy }: DataPlane,
  workerSessions: WorkerSessions,
  { proxy, drainRule, scope }: Drain,
  now: RuleRecord | undefined,
  serverNames: ReadonlyMap<number, string>,
): Promise<HeldSession[]> {
  const left = stillApplies(drainRule, now);
  if (!left) return [];
  const held = heldOf(await workerSessions.sessionsOf(new Set([proxy])), proxy, scope);
  const entries = left.kind === 'affinity' ? await entriesFor(haproxy, proxy, held, now, serverNames) : new Map();
  return held.filter(({ session }) => matches(left, session, entries));
}

/**
 * Where the table sends the clients of these connections. Those that it does not know go on where they are: they came
 * between the look at the clients and the moment from which the table is asked, or their entry is stored when the member
 * has answered.
 */
async function entriesFor(
  haproxy: DataPlane['haproxy'],
  proxy: string,
  held: readonly HeldSession[],
  now: RuleRecord | undefined,
  serverNames: ReadonlyMap<number, string>,
): Promise<Map<string, string>> {
  const known = await entriesOf(haproxy, proxy, sourcesOf(held), serverNames);
  const unknown = held.flatMap(({ session }) => (known.has(session.source ?? '') ? [] : [session]));
  const serving = (now?.members ?? []).flatMap(({ vm, state }) => (state === 'serving' ? [vm] : []));
  const seeded = seedEntries(unknown, new Set(serving));
  const ids = new Map([...serverNames].map(([id, name]) => [name, id]));
  await runOps(
    haproxy,
    [...seeded].map(([source, server]) => seedOp(proxy, source, ids.get(server)!)),
  );
  return new Map([...known, ...seeded]);
}

/**
 * Gives the connections that a debt is about until `deadlineMs` to end by themselves, and then ends them, and looks
 * again until there is none. Resolves to how many would not end: 0 when the debt is paid.
 *
 * @param now the rule as it is programmed at that moment: a later change may have made the debt void.
 * @param closed true when the router is closed: the connections are somebody else's then.
 */
export async function drainSessions(
  dataPlane: DataPlane,
  workerSessions: WorkerSessions,
  drain: Drain,
  deadlineMs: number,
  now: () => RuleRecord | undefined,
  serverNames: () => ReadonlyMap<number, string>,
  closed: () => boolean,
): Promise<number> {
  const { clock, haproxy } = dataPlane;
  const deadline = clock.now() + deadlineMs;
  for (let round = 0; ; ) {
    if (closed()) return 0;
    const held = await remainingSessions(dataPlane, workerSessions, drain, now(), serverNames());
    if (held.length === 0 || round === maxRounds || closed()) return held.length;
    const left = deadline - clock.now();
    if (left > 0) {
      await clock.sleep(Math.min(left, pollMs));
    } else {
      round++;
      await endSessions(haproxy, held);
      await clock.sleep(roundMs);
    }
  }
}

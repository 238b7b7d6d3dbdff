import type { RuleRecord } from '@limpet/contract';
import type { DataPlane, Haproxy } from '@limpet/data-plane';
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

/** Held connections of one rule that have to end. */
export interface Drain {
  /** The rule's id. */
  rule: string;
  proxy: string;
  /** Which connections of the rule have to end. */
  drainRule: DrainRule;
  /** The sessions that the drain is about; undefined: any session of the rule, whenever it began. */
  scope: SessionScope | undefined;
}

/**
 * What a drain needs of its router. The functions are asked again in each round, since a later change counts at once.
 */
export interface DrainOptions {
  dataPlane: DataPlane;
  workerSessions: WorkerSessions;
  /** Milliseconds that connections get to end by themselves. */
  deadlineMs: number;
  /** The rule as it is programmed now; undefined: it is not. */
  currentRule(): RuleRecord | undefined;
  /** `server id -> server name` of the rule. */
  serverNames(): ReadonlyMap<number, string>;
  /** True when the router is closed: another router may own the connections from then on. */
  closed(): boolean;
}

/** Rounds in which connections are told to end, before the rule's condition says that they do not. */
const maxRounds = 20;
const roundMs = 25;

/** Interval at which the drain checks whether connections have ended by themselves. */
const pollMs = 100;

/** The drains that a change of a rule needs. Pure. */
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

/** Connections that still have to end. */
async function remainingSessions({ proxy, drainRule, scope }: Drain, options: DrainOptions): Promise<HeldSession[]> {
  const rule = options.currentRule();
  const serverNames = options.serverNames();
  const remaining = stillApplies(drainRule, rule);
  if (!remaining) return [];
  const held = heldOf(await options.workerSessions.sessionsOf(new Set([proxy])), proxy, scope);
  const entries =
    remaining.kind === 'affinity'
      ? await completeEntries(options.dataPlane.haproxy, { proxy, held, rule, serverNames })
      : new Map();
  return held.filter(({ session }) => matches(remaining, session, entries));
}

/** Held connections of a rule, and what the router knows of the rule. */
interface HeldSessions {
  proxy: string;
  held: readonly HeldSession[];
  rule: RuleRecord | undefined;
  serverNames: ReadonlyMap<number, string>;
}

/**
 * Where the stick table sends the clients of these connections: `source address -> server name`. Clients without an
 * entry get one for the server that they are on. They connected after the table was seeded and before HAProxy asked it,
 * or HAProxy stores their entry only when the member has answered.
 */
async function completeEntries(
  haproxy: Haproxy,
  { proxy, held, rule, serverNames }: HeldSessions,
): Promise<Map<string, string>> {
  const known = await entriesOf(haproxy, proxy, sourcesOf(held), serverNames);
  const unknown = held.flatMap(({ session }) => (known.has(session.source ?? '') ? [] : [session]));
  const serving = (rule?.members ?? []).flatMap(({ vm, state }) => (state === 'serving' ? [vm] : []));
  const seeded = seedEntries(unknown, new Set(serving));
  const ids = new Map([...serverNames].map(([id, name]) => [name, id]));
  await runOps(
    haproxy,
    [...seeded].map(([source, server]) => seedOp(proxy, source, ids.get(server)!)),
  );
  return new Map([...known, ...seeded]);
}

/**
 * Drains connections: gives them until the deadline to end by themselves, then ends them, and repeats until none is
 * left.
 *
 * @returns how many connections would not end; 0: the drain is complete, or the router was closed.
 * @throws what HAProxy's CLI throws, and RouterError `ROUTER_COMMAND_REFUSED`.
 */
export async function drainSessions(drain: Drain, options: DrainOptions): Promise<number> {
  const { clock, haproxy } = options.dataPlane;
  const deadline = clock.now() + options.deadlineMs;
  for (let round = 0; ; ) {
    if (options.closed()) return 0;
    const held = await remainingSessions(drain, options);
    if (held.length === 0 || round === maxRounds || options.closed()) return held.length;
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

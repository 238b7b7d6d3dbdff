import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '../dataplane.ts';
import { concernsOldSessionsOnly, type Obligation, obligationsOf, stillOwed } from './held.ts';
import { allSessions, endSessions, type Held, heldOf, type Scope, violations } from './held-sessions.ts';

/** An obligation of one rule, and the sessions that it can be about. */
export interface Debt {
  /** The rule's id. */
  rule: string;
  proxy: string;
  obligation: Obligation;
  /** Undefined: any session of the rule, whenever it began. */
  scope: Scope | undefined;
}

/** How often a connection that does not end is told to, before the rule's condition says so. */
const maxRounds = 20;
const roundMs = 25;

/** The debts of a change. Pure. */
export const debtsOf = (
  rule: string,
  proxy: string,
  before: RuleRecord | undefined,
  after: RuleRecord | undefined,
  scope: Scope | undefined,
): Debt[] =>
  obligationsOf(before, after).map((obligation) => ({
    rule,
    proxy,
    obligation,
    scope: concernsOldSessionsOnly(obligation) ? scope : undefined,
  }));

/** Connections that the debt is still about. */
export async function owing(
  { haproxy }: DataPlane,
  { proxy, obligation, scope }: Debt,
  now: RuleRecord | undefined,
  serverNames: ReadonlyMap<number, string>,
): Promise<Held[]> {
  const left = stillOwed(obligation, now);
  if (!left) return [];
  return violations(haproxy, proxy, left, heldOf(await allSessions(haproxy), proxy, scope), serverNames);
}

/**
 * Gives the connections that a debt is about until `deadlineMs` to end by themselves, and then ends them, and looks
 * again until there is none. Resolves to how many would not end: 0 when the debt is paid.
 *
 * @param now the rule as it is wanted at that moment: a later change may have made the debt void.
 */
export async function payDebt(
  dataPlane: DataPlane,
  debt: Debt,
  deadlineMs: number,
  now: () => RuleRecord | undefined,
  serverNames: () => ReadonlyMap<number, string>,
): Promise<number> {
  const look = (): Promise<Held[]> => owing(dataPlane, debt, now(), serverNames());
  if ((await look()).length === 0) return 0;
  await dataPlane.clock.sleep(deadlineMs);
  for (let round = 0; ; round++) {
    const held = await look();
    if (held.length === 0 || round === maxRounds) return held.length;
    await endSessions(dataPlane.haproxy, held);
    await dataPlane.clock.sleep(roundMs);
  }
}

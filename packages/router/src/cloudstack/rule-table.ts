import type { RuleKey, Snapshot, VersionedRule } from '@limpet/contract';
import { ruleId } from '../names.ts';

/**
 * The management server's rows: every rule of the router, in order of creation. Immutable, so that a refused command
 * leaves no trace.
 */
export interface RuleTable {
  rules: ReadonlyMap<string, VersionedRule>;
  /** `rule id -> generation` that removed the rule: an older put is superseded. */
  removed: ReadonlyMap<string, number>;
  /** Newest revision of a full set: older rules that were not in it are removed. */
  revision: number;
}

/** A router that was never told anything. */
export const emptyTable: RuleTable = { rules: new Map(), removed: new Map(), revision: 0 };

/** The table after a command, and the rules that the command removed; undefined when the command is superseded. */
export type Transition = { table: RuleTable; removed: readonly RuleKey[] } | undefined;

/** Puts a rule. @param lastWins the known defect `staleSnapshotWins`: generations are ignored. */
export function putRule(table: RuleTable, versioned: VersionedRule, lastWins: boolean): Transition {
  const id = ruleId(versioned.rule);
  const row = table.rules.get(id);
  const newest = row ? row.generation : Math.max(table.removed.get(id) ?? 0, table.revision);
  const stale = row ? versioned.generation < newest : versioned.generation <= newest;
  if (stale && !lastWins) return undefined;
  return { table: { ...table, rules: new Map(table.rules).set(id, versioned) }, removed: [] };
}

/** Removes a rule; see {@link putRule} for `lastWins`. */
export function removeRule(table: RuleTable, key: RuleKey, generation: number, lastWins: boolean): Transition {
  const id = ruleId(key);
  const row = table.rules.get(id);
  if (row && generation < row.generation && !lastWins) return undefined;
  const rules = new Map(table.rules);
  rules.delete(id);
  const removed = new Map(table.removed).set(id, Math.max(generation, table.removed.get(id) ?? 0));
  return { table: { ...table, rules, removed }, removed: [{ ip: key.ip, port: key.port }] };
}

/** Replaces all rules by those of the snapshot; see {@link putRule} for `lastWins`. */
export function syncRules(table: RuleTable, { rules, revision }: Snapshot, lastWins: boolean): Transition {
  if (revision < table.revision && !lastWins) return undefined;
  const sent = new Map(rules.map((versioned) => [ruleId(versioned.rule), versioned]));
  const next = new Map<string, VersionedRule>();
  for (const [id, row] of table.rules) {
    const update = sent.get(id);
    sent.delete(id);
    if (lastWins) {
      if (update) next.set(id, update);
    } else if (row.generation > (update?.generation ?? revision)) next.set(id, row);
    else if (update) next.set(id, update);
  }
  for (const [id, update] of sent) {
    if (lastWins || update.generation > (table.removed.get(id) ?? 0)) next.set(id, update);
  }
  const removed = [...table.rules].filter(([id]) => !next.has(id)).map(([, row]) => row.rule);
  return { table: { rules: next, removed: table.removed, revision }, removed };
}

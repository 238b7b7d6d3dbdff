import type { RuleRecord, Snapshot, VersionedKey, VersionedRule } from '@limpet/contract';
import { ruleId } from './names.ts';

/** Parameters of a rule's stick table. */
export interface TableShape {
  tableSize: number;
  expireSeconds: number;
}

/** CloudStack's defaults for SourceBased: `tablesize 200k`, `expire 30m` (HAProxyConfigurator). */
export const defaultTable: TableShape = { tableSize: 204_800, expireSeconds: 1800 };

/** A wanted rule. */
export interface DesiredRule extends VersionedRule {
  /**
   * Every rule has a table, used or not, so that none <-> SourceBased is a map entry and not a reload. A rule without
   * stickiness keeps the shape it had, so that the way back needs no reload either.
   */
  table: TableShape;
}

/**
 * All that is wanted of a router, whatever triggered it. Commands may come late, twice or in any order: a generation
 * decides, never the arrival. Plain data, so that it can be stored as it is.
 */
export interface DesiredState {
  rules: Record<string, DesiredRule>;
  /** Removed rules and the generation that removed them: an older put must not bring them back. */
  removed: Record<string, number>;
  /** Revision of the newest snapshot: whatever is older and was not in it is gone. */
  compactedRevision: number;
}

/** What a command did to the desired state. `unchanged`: the same generation was there already. */
export type Verdict = 'changed' | 'unchanged' | 'superseded';

/** The desired state of a router that was never told anything. */
export const emptyDesired = (): DesiredState => ({ rules: {}, removed: {}, compactedRevision: 0 });

/** The table of a rule that was `before`. */
export const tableOf = (rule: RuleRecord, before: Pick<DesiredRule, 'table'> | undefined): TableShape => {
  if (rule.stickiness.method !== 'SourceBased') return before?.table ?? defaultTable;
  return { tableSize: rule.stickiness.tableSize, expireSeconds: rule.stickiness.expireSeconds };
};

const admit = (state: DesiredState, { rule, generation }: VersionedRule, compactedRevision: number): Verdict => {
  const id = ruleId(rule);
  const before = state.rules[id];
  if (before && generation <= before.generation) return generation === before.generation ? 'unchanged' : 'superseded';
  if (!before && generation <= Math.max(state.removed[id] ?? 0, compactedRevision)) return 'superseded';
  state.rules[id] = { rule, generation, table: tableOf(rule, before) };
  delete state.removed[id];
  return 'changed';
};

/** Wants `rule` at `generation`. Changes `state`. */
export const putRule = (state: DesiredState, versioned: VersionedRule): Verdict =>
  admit(state, versioned, state.compactedRevision);

/** Wants the rule gone. Changes `state`. */
export function removeRule(state: DesiredState, { key, generation }: VersionedKey): Verdict {
  const id = ruleId(key);
  const before = state.rules[id];
  if (before && before.generation > generation) return 'superseded';
  state.removed[id] = Math.max(generation, state.removed[id] ?? 0);
  if (!before) return 'unchanged';
  delete state.rules[id];
  return 'changed';
}

/** Wants exactly the snapshot, and what is newer than it. Changes `state`. */
export function syncRules(state: DesiredState, { rules, revision }: Snapshot): Verdict {
  if (revision < state.compactedRevision) return 'superseded';
  // A rule of the snapshot is as new as the snapshot: the floor, which is about what is missing from it, is not for it.
  const verdicts = rules.map((versioned) => admit(state, versioned, 0));
  const named = new Set(rules.map(({ rule }) => ruleId(rule)));
  const gone = Object.keys(state.rules).filter((id) => !named.has(id) && state.rules[id]!.generation <= revision);
  for (const id of gone) delete state.rules[id];
  for (const [id, generation] of Object.entries(state.removed)) {
    if (generation <= revision) delete state.removed[id]; // the floor says it from now on
  }
  state.compactedRevision = revision;
  return gone.length > 0 || verdicts.includes('changed') ? 'changed' : 'unchanged';
}

/** The generation that is wanted of a rule; of a removed one, the generation that removed it. */
export const wantedGeneration = ({ rules, removed, compactedRevision }: DesiredState, id: string): number =>
  rules[id]?.generation ?? Math.max(removed[id] ?? 0, compactedRevision);

import { canonicalRule, type RuleRecord, type Snapshot, type VersionedKey, type VersionedRule } from '@limpet/contract';
import { ruleId } from './names.ts';

/** Parameters of a rule's stick table. */
export interface TableShape {
  tableSize: number;
  expireSeconds: number;
}

/** CloudStack's defaults for SourceBased: `tablesize 200k`, `expire 30m` (HAProxyConfigurator). */
export const defaultTable: TableShape = { tableSize: 204_800, expireSeconds: 1800 };

/** A rule of the desired state. */
export interface DesiredRule extends VersionedRule {
  /**
   * Every rule has a table, used or not, so that a change between none and SourceBased is a map entry and no reload. A
   * rule without stickiness keeps its former table shape, so that the way back needs no reload either.
   */
  table: TableShape;
}

/**
 * The desired state of a router. Commands may arrive late, twice or in any order: their generation decides, never the
 * order of arrival. Plain data, so that it can be stored as it is.
 */
export interface DesiredState {
  rules: Record<string, DesiredRule>;
  /** `rule id -> generation` of removed rules: an older put must not bring them back. */
  removed: Record<string, number>;
  /** Revision of the newest snapshot: older rules that were not in it are removed. */
  compactedRevision: number;
}

/** The effect of a command on the desired state. `unchanged`: the state had this generation before. */
export type Verdict = 'changed' | 'unchanged' | 'superseded';

/** The desired state of a router that was never told anything. */
export const emptyDesired = (): DesiredState => ({ rules: {}, removed: {}, compactedRevision: 0 });

/** The highest generation that was ever used: the next one must be above it. */
export const highestGeneration = (
  { rules, removed, compactedRevision }: DesiredState,
  inForce: Readonly<Record<string, VersionedRule>>,
): number =>
  [...Object.values(removed), ...[rules, inForce].flatMap(Object.values).map(({ generation }) => generation)].reduce(
    (highest, generation) => Math.max(highest, generation),
    compactedRevision,
  );

/** The table of a rule whose former version is `before`. */
export const tableOf = (rule: RuleRecord, before: Pick<DesiredRule, 'table'> | undefined): TableShape => {
  if (rule.stickiness.method !== 'SourceBased') return before?.table ?? defaultTable;
  return { tableSize: rule.stickiness.tableSize, expireSeconds: rule.stickiness.expireSeconds };
};

const admit = (state: DesiredState, { rule, generation }: VersionedRule, compactedRevision: number): Verdict => {
  const id = ruleId(rule);
  const before = state.rules[id];
  if (before && generation <= before.generation) return generation === before.generation ? 'unchanged' : 'superseded';
  if (!before && generation <= Math.max(state.removed[id] ?? 0, compactedRevision)) return 'superseded';
  state.rules[id] = { rule: canonicalRule(rule), generation, table: tableOf(rule, before) };
  delete state.removed[id];
  return 'changed';
};

/** Puts a rule at its generation. Changes `state`. */
export const putRule = (state: DesiredState, versioned: VersionedRule): Verdict =>
  admit(state, versioned, state.compactedRevision);

/** Removes a rule. Changes `state`. */
export function removeRule(state: DesiredState, { key, generation }: VersionedKey): Verdict {
  const id = ruleId(key);
  const before = state.rules[id];
  if (before && before.generation > generation) return 'superseded';
  state.removed[id] = Math.max(generation, state.removed[id] ?? 0);
  if (!before) return 'unchanged';
  delete state.rules[id];
  return 'changed';
}

/** Replaces the rules by those of the snapshot, and keeps rules that are newer than it. Changes `state`. */
export function syncRules(state: DesiredState, { rules, revision }: Snapshot): Verdict {
  if (revision < state.compactedRevision) return 'superseded';
  // The compacted revision is about rules that are missing from the snapshot, and so does not supersede its own rules.
  const verdicts = rules.map((versioned) => admit(state, versioned, 0));
  const named = new Set(rules.map(({ rule }) => ruleId(rule)));
  const gone = Object.keys(state.rules).filter((id) => !named.has(id) && state.rules[id]!.generation <= revision);
  for (const id of gone) delete state.rules[id];
  for (const [id, generation] of Object.entries(state.removed)) {
    if (generation <= revision) delete state.removed[id]; // the compacted revision covers it
  }
  state.compactedRevision = revision;
  return gone.length > 0 || verdicts.includes('changed') ? 'changed' : 'unchanged';
}

/** The desired generation of a rule; for a removed one, the generation that removed it. */
export const wantedGeneration = ({ rules, removed, compactedRevision }: DesiredState, id: string): number =>
  rules[id]?.generation ?? Math.max(removed[id] ?? 0, compactedRevision);

import { canonicalRule, type HaproxySettings } from '@limpet/contract';
import { type DesiredRule, type DesiredState, emptyDesired } from '../../desired.ts';
import { emptyServerIds, type ServerIds } from '../config/server-ids.ts';

/** The state of a router that survives a restart. Plain data: records are replaced when they change, never mutated. */
export interface Store {
  desired: DesiredState;
  serverIds: ServerIds;
  /**
   * The last version of each rule that was verified to be in force, by rule id. After a crash, held connections may
   * belong to this version; and a rule falls back to it when its desired version cannot be served.
   */
  inForce: Record<string, DesiredRule>;
  /** What HAProxy was told last; undefined: the defaults, which former versions had always. */
  settings?: HaproxySettings;
}

/** Tables whose keys are rule ids. */
export const tablesOfRules = ['rules', 'removed', 'ids', 'inForce'] as const;

/** Tables of the store. `number` has the values that stand alone. */
export const tables = [...tablesOfRules, 'number', 'settings'] as const;

/** One of {@link tables}. */
export type Table = (typeof tables)[number];

/** The store as tables. */
export const tablesOf = ({ desired, serverIds, inForce, settings }: Store): Record<Table, Record<string, unknown>> => ({
  rules: desired.rules,
  removed: desired.removed,
  ids: serverIds.ids,
  inForce,
  number: { floor: desired.compactedRevision, nextServerId: serverIds.next },
  settings: settings ? { haproxy: settings } : {},
});

/** The store of a router that was never told anything. */
export const emptyStore = (): Store => ({ desired: emptyDesired(), serverIds: emptyServerIds(), inForce: {} });

/** Puts a value into a table; without one, takes out what is there. */
export function setValue(store: Store, table: Table, key: string, value?: unknown): void {
  if (table === 'number') {
    if (key === 'floor') store.desired.compactedRevision = value as number;
    else store.serverIds.next = value as number;
  } else if (table === 'settings') store.settings = value as HaproxySettings;
  else if (value === undefined) delete tablesOf(store)[table][key];
  else tablesOf(store)[table][key] = value;
}

/** Routers of former versions stored rules as they had come. */
export const withCanonicalRules = ({ desired, inForce, ...store }: Store): Store => {
  const canonical = (rules: Record<string, DesiredRule>): Record<string, DesiredRule> =>
    Object.fromEntries(Object.entries(rules).map(([id, each]) => [id, { ...each, rule: canonicalRule(each.rule) }]));
  return { ...store, desired: { ...desired, rules: canonical(desired.rules) }, inForce: canonical(inForce) };
};

// DO NOT EDIT - maintained by tools/codegen
// To change the commands, edit packages/model/src/statecharts and run: npx limpet generate

import type { RuleKey, RuleRecord, Snapshot } from './records.generated.ts';

/** Programs one whole rule, unless the router already has a newer generation of it. */
export interface PutRule {
  type: 'putRule';
  rule: RuleRecord;
  /** Grows with each change of the rule, as in Kubernetes; unique on the router. */
  generation: number;
}

/** Removes a rule, unless the router already has a newer generation of it. */
export interface RemoveRule {
  type: 'removeRule';
  key: RuleKey;
  generation: number;
}

/** Programs the full set: whatever is not in it, and not newer than its revision, goes. */
export interface SyncRules {
  type: 'syncRules';
  snapshot: Snapshot;
}

/** Asks what the router observes. Changes nothing. */
export interface ReportRules {
  type: 'reportRules';
}

/** Everything that a router can be asked to do. */
export type Command = PutRule | RemoveRule | SyncRules | ReportRules;

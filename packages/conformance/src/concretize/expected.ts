import type { RuleKey, VersionedRule } from '@limpet/contract';

/** What the router may and must say of a rule. `unknown`: what it says is checked against what it does, and may be anything. */
export type Claim = 'nothing' | 'in force' | 'refused' | 'unknown';

/** What a rule must look like from outside. */
export interface ExpectedRule {
  readonly key: RuleKey;
  /** What the management side wants; undefined: that there is no such rule. */
  readonly wanted: VersionedRule | undefined;
  /** What HAProxy and the packet filter have; undefined: no trace of the rule. */
  readonly given: VersionedRule | undefined;
  readonly claim: Claim;
}

/** What must be seen after a step. */
export interface Expected {
  readonly up: boolean;
  readonly rules: readonly ExpectedRule[];
  /** VMs that run. */
  readonly alive: ReadonlySet<string>;
  /** The router answers reports. */
  readonly reports: boolean;
}

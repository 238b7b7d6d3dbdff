import type { RuleKey, RuleRecord } from '@limpet/contract';
import type { DriftKind } from './drifts.ts';

/**
 * What is done to a router in one step of the suite `changes`. It holds all of its data, so that any part of a path can be
 * played alone.
 */
export type Operation =
  /** The rule as it shall be. Its VMs are started before, at the addresses that it names. */
  | { readonly do: 'put'; readonly rule: RuleRecord }
  | { readonly do: 'remove'; readonly key: RuleKey }
  /** A full set: rules that are not in it go. */
  | { readonly do: 'sync'; readonly rules: readonly RuleRecord[] }
  /** Another program changes the host; `verify` has to name it, and the router has to undo it. */
  | { readonly do: 'drift'; readonly kind: DriftKind; readonly key: RuleKey }
  /** The host stops and starts. */
  | { readonly do: 'restart' }
  /** The router's process dies, and starts with another time-out of clients in its settings. */
  | { readonly do: 'settings'; readonly clientTimeoutSeconds: number };

/** An operation, and the goals that it meets when what it does is seen. */
export interface PlannedOperation {
  readonly operation: Operation;
  /** For reports. */
  readonly sentence: string;
  /** Goals that are met by playing it. */
  readonly goals: readonly string[];
}

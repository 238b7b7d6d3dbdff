import type { RuleKey, RuleRecord } from '@limpet/contract';
import type { DriftKind } from './drifts.ts';

/**
 * Who refuses a rule at first: the router, since another program has the port; HAProxy's check of the configuration; the
 * kernel at the reload or the start, since another program has taken the port meanwhile; or the router's probes, since no
 * member answers.
 */
export type RefusedBy = 'the router' | 'the check' | 'the reload' | 'the start' | 'the probes';

/** What rules need of their host, which can take it away although nobody has changed them. */
export const NEEDS = ['the address', 'the certificate', 'the way in'] as const;
/** One of {@link NEEDS}. */
export type Need = (typeof NEEDS)[number];

/**
 * What is done to a router in one step of the suite `changes`. It holds all of its data, so that any part of a path can be
 * played alone.
 */
export type Operation =
  /** The rule as it shall be. Its VMs are started before, at the addresses that it names. */
  | { readonly do: 'put'; readonly rule: RuleRecord }
  /** A change that is refused, leaves everything as it was, and is taken when it is sent once more. */
  | { readonly do: 'refuse'; readonly rule: RuleRecord; readonly by: RefusedBy }
  /** Two changes, the second while clients of the first one's drain still have time. */
  | { readonly do: 'overtake'; readonly first: RuleRecord; readonly rule: RuleRecord }
  /** The router's process dies so many calls after the command, which is then sent again. */
  | { readonly do: 'crash'; readonly rule: RuleRecord; readonly calls: number }
  | { readonly do: 'remove'; readonly key: RuleKey }
  /** A full set: rules that are not in it go. */
  | { readonly do: 'sync'; readonly rules: readonly RuleRecord[] }
  /** Another program changes the host; `verify` has to name it, and the router has to undo it. */
  | { readonly do: 'drift'; readonly kind: DriftKind; readonly key: RuleKey }
  /** The file of a certificate that rules have is renewed. */
  | { readonly do: 'renew'; readonly certificate: string }
  /** What a rule that nobody changes needs is gone for a while, and comes back. */
  | { readonly do: 'lose'; readonly what: Need; readonly key: RuleKey }
  /** The host stops and starts. */
  | { readonly do: 'restart' }
  /** The router's process dies, and starts with another time-out of clients in its settings. */
  | { readonly do: 'settings'; readonly clientTimeoutSeconds: number };

/** The rule that an operation is about; undefined: all, or the host. */
export function keyOf(operation: Operation): RuleKey | undefined {
  switch (operation.do) {
    case 'put':
    case 'refuse':
    case 'overtake':
    case 'crash':
      return { ip: operation.rule.ip, port: operation.rule.port };
    case 'remove':
    case 'drift':
    case 'lose':
      return operation.key;
    default:
      return undefined;
  }
}

/** An operation, and the goals that it meets when what it does is seen. */
export interface PlannedOperation {
  readonly operation: Operation;
  /** For reports. */
  readonly sentence: string;
  /** Goals that are met by playing it. */
  readonly goals: readonly string[];
}

/**
 * The concrete data that travels with commands: what the statecharts leave out, since their contexts hold small
 * enumerations only. `tools/codegen` reads these types with ts-morph and emits the zod schemas of `@limpet/contract`
 * from them; the JSDoc tags (`@pattern`, `@minimum`, `@maximum`, `@format`, `@maxItems`, `@uniqueBy`) become checks.
 *
 * @module
 */

/** Where a rule listens. A rule's identity is its public address and port; all else is an attribute (B16). */
export interface RuleKey {
  /** Public IPv4 address.  @format ipv4 */
  ip: string;
  /** Public port.  @minimum 1  @maximum 65535 */
  port: number;
}

/** How a connection is given to a member (CloudStack's three algorithms, HAProxy's `balance`). */
export type Algorithm = 'roundrobin' | 'leastconn' | 'source';

/** How HAProxy treats the payload: `mode tcp` or `mode http`. */
export type Protocol = 'tcp' | 'http';

/** No stickiness: every new connection is balanced afresh. */
export interface NoStickiness {
  method: 'none';
}

/** CloudStack's `SourceBased`: all connections of one source address reach the same member. */
export interface SourceBased {
  method: 'SourceBased';
  /** Entries of the stick table.  @minimum 1  @maximum 10000000 */
  tableSize: number;
  /** Seconds without traffic after which an entry is forgotten.  @minimum 1  @maximum 2147483 */
  expireSeconds: number;
}

/** A rule's stickiness policy. */
export type Stickiness = NoStickiness | SourceBased;

/** Whether a member takes new clients, or only keeps those that it has. */
export type MemberState = 'serving' | 'draining';

/** A VM behind a rule. */
export interface MemberRecord {
  /** The VM's identity; the server name in HAProxy derives from it and is never reused.  @pattern ^[A-Za-z0-9_.-]{1,64}$ */
  vm: string;
  /** Guest IPv4 address.  @format ipv4 */
  ip: string;
  /** Private port.  @minimum 1  @maximum 65535 */
  port: number;
  state: MemberState;
}

/** A load balancer rule with all that a router needs to know of it. */
export interface RuleRecord extends RuleKey {
  protocol: Protocol;
  algorithm: Algorithm;
  /** Client networks that may connect, as `a.b.c.d/n`; empty: everybody.  @format cidrv4  @maxItems 256 */
  cidrs: string[];
  stickiness: Stickiness;
  /** @maxItems 10000  @uniqueBy vm */
  members: MemberRecord[];
}

/** A rule at one generation. */
export interface VersionedRule {
  rule: RuleRecord;
  /** Grows with each change of the rule, as in Kubernetes; unique on the router.  @minimum 1  @maximum 9007199254740991 */
  generation: number;
}

/** `RuleKey` and the generation that a request is about. */
export interface VersionedKey {
  key: RuleKey;
  /** @minimum 1  @maximum 9007199254740991 */
  generation: number;
}

/** Every rule of a router as of one revision. A rule that is not in it, and is not newer than it, goes. */
export interface Snapshot {
  /** @uniqueBy rule.ip rule.port */
  rules: VersionedRule[];
  /** The sender's counter when the snapshot was read.  @minimum 0  @maximum 9007199254740991 */
  revision: number;
}

/** As in Kubernetes' API conventions. */
export interface Condition {
  type: 'Accepted' | 'Programmed' | 'InForce';
  status: 'True' | 'False' | 'Unknown';
  /** One word in CamelCase, for programs.  @pattern ^[A-Z][A-Za-z]{0,63}$ */
  reason: string;
  /** One sentence, for people; says what to do where something has to be done. */
  message: string;
  /** @minimum 0  @maximum 9007199254740991 */
  observedGeneration: number;
  /** ISO 8601. */
  lastTransitionTime: string;
}

/** What a router says of one rule. */
export interface RuleStatus {
  key: RuleKey;
  /** What is wanted.  @minimum 0  @maximum 9007199254740991 */
  generation: number;
  /** What is in force.  @minimum 0  @maximum 9007199254740991 */
  observedGeneration: number;
  conditions: Condition[];
}

/** A router's answer to a command. `superseded`: a newer generation was already there, and the command changed nothing. */
export interface CommandResult {
  outcome: 'applied' | 'refused' | 'superseded';
  /** The rules that the command was about. */
  rules: RuleStatus[];
}

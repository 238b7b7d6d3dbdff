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

/**
 * How the payload is treated: passed through; as HTTP; passed through behind the PROXY protocol, which tells members the
 * client's address (CloudStack's `tcp-proxy`); or decrypted with the rule's certificate (`ssl`).
 */
export type Protocol = 'tcp' | 'http' | 'tcp-proxy' | 'ssl';

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

/** How a cookie of the load balancer's own meets those of the members: added, put in place of theirs, or put before theirs. */
export type CookieMode = 'insert' | 'rewrite' | 'prefix';

/** CloudStack's `LbCookie`: the load balancer names the member in a cookie. The payload is HTTP then. */
export interface LbCookie {
  method: 'LbCookie';
  /** @pattern ^[A-Za-z0-9_.-]{1,64}$ */
  cookieName: string;
  mode: CookieMode;
  /** Responses that carry the cookie are marked as not for caches. */
  nocache: boolean;
  /** Members do not see the cookie. Not with `rewrite` or `prefix`. */
  indirect: boolean;
  /** The cookie is added to responses to POST requests only. */
  postonly: boolean;
  /** Domains that the cookie is for; none: the host that was asked.  @pattern ^[A-Za-z0-9.-]{1,253}$  @maxItems 16 */
  domains: string[];
}

/** CloudStack's `AppCookie`: all requests with one value of the application's own cookie reach the same member. */
export interface AppCookie {
  method: 'AppCookie';
  /** @pattern ^[A-Za-z0-9_.-]{1,64}$ */
  cookieName: string;
  /** Characters of the cookie's value that count.  @minimum 1  @maximum 1024 */
  length: number;
  /** Seconds without a request after which a value is forgotten.  @minimum 1  @maximum 2147483 */
  holdTimeSeconds: number;
  /** A value that no member has set counts, too. */
  requestLearn: boolean;
}

/** A rule's stickiness policy. */
export type Stickiness = NoStickiness | SourceBased | LbCookie | AppCookie;

/** Whether a member takes new clients, only keeps those that it has, or is left alone. */
export type MemberState = 'serving' | 'draining' | 'maintenance';

/** How the load balancer finds out whether members work. Without it, by connecting to them every 2 seconds. */
export interface HealthCheck {
  /** Asked by HTTP, 2xx and 3xx are healthy; without it a connection is enough.  @pattern ^/[A-Za-z0-9._~/?=&%-]{0,255}$ */
  path?: string;
  /** Milliseconds between two checks.  @minimum 100  @maximum 3600000 */
  intervalMs: number;
  /** Milliseconds until a check has failed.  @minimum 100  @maximum 3600000 */
  timeoutMs: number;
  /** Checks in a row that make a member healthy.  @minimum 1  @maximum 100 */
  healthyThreshold: number;
  /** Checks in a row that make it unhealthy.  @minimum 1  @maximum 100 */
  unhealthyThreshold: number;
}

/** Milliseconds. What is missing is the router's own setting. */
export interface Timeouts {
  /** Until a member answers a connection.  @minimum 1  @maximum 2147483647 */
  connectMs?: number;
  /** Without a byte from the client.  @minimum 1  @maximum 2147483647 */
  clientMs?: number;
  /** Without a byte from the member.  @minimum 1  @maximum 2147483647 */
  serverMs?: number;
}

/** A VM behind a rule. */
export interface MemberRecord {
  /** The VM's identity; the server name in HAProxy derives from it and is never reused.  @pattern ^[A-Za-z0-9_.-]{1,64}$ */
  vm: string;
  /** Guest IPv4 address.  @format ipv4 */
  ip: string;
  /** Private port.  @minimum 1  @maximum 65535 */
  port: number;
  state: MemberState;
  /** Share of new clients, compared with the other members; 1 without it.  @minimum 1  @maximum 256 */
  weight?: number;
}

/** A load balancer rule with all that a router needs to know of it. */
export interface RuleRecord extends RuleKey {
  protocol: Protocol;
  algorithm: Algorithm;
  /** Client networks that may connect, as `a.b.c.d/n`; empty: everybody.  @format cidrv4  @maxItems 256 */
  cidrs: string[];
  stickiness: Stickiness;
  /** File on the router with the chain and the key, as PEM; for `ssl`, and there required.  @pattern ^/[A-Za-z0-9_./-]{1,255}$ */
  certificate?: string;
  timeouts?: Timeouts;
  /** Connections at a time.  @minimum 1  @maximum 1000000 */
  maxConnections?: number;
  /** Whether an HTTP connection may carry several requests; it may, without this. */
  keepAlive?: boolean;
  healthCheck?: HealthCheck;
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

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

/** What a health check asks with. */
export type CheckMethod = 'GET' | 'HEAD' | 'OPTIONS' | 'POST';

/** How the load balancer finds out whether members work. Without it, by connecting to them every 2 seconds. */
export interface HealthCheck {
  /** Asked by HTTP, 2xx and 3xx are healthy; without it a connection is enough.  @pattern ^/[A-Za-z0-9._~/?=&%-]{0,255}$ */
  path?: string;
  /** What it asks with; GET without it. Only with `path`. */
  method?: CheckMethod;
  /** Host header; without it, the rule's own address. Only with `path`.  @pattern ^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$ */
  host?: string;
  /** Statuses that are healthy, as `200,204` or `200-399`. Only with `path`.  @pattern ^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?){0,15}$ */
  expect?: string;
  /** Port of the member that is checked; without it, the one that clients are given.  @minimum 1  @maximum 65535 */
  port?: number;
  /** Whether the check speaks TLS, with any certificate. */
  tls?: boolean;
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

/** What TLS clients may use. What is missing is the router's own setting, and HAProxy's default where that says nothing. */
export interface TlsOptions {
  /** The oldest version. */
  minVersion?: 'TLSv1.0' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /** Ciphers up to TLSv1.2, as OpenSSL names them.  @pattern ^[A-Za-z0-9_:+!@=.-]{1,2048}$ */
  ciphers?: string;
  /** Ciphers of TLSv1.3, as OpenSSL names them.  @pattern ^[A-Za-z0-9_:+!@=.-]{1,2048}$ */
  ciphersuites?: string;
  /** Whether sessions are resumed by tickets; HAProxy's default is that they are. */
  tickets?: boolean;
  /** Whether HTTP/2 is offered. */
  http2?: boolean;
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
  /** Client networks that may connect, as `a.b.c.d/n`; empty: everybody.  @format cidrv4  @maxItems 512 */
  cidrs: string[];
  stickiness: Stickiness;
  /** File on the router with the chain and the key, as PEM; for `ssl`, and there required.  @pattern ^/[A-Za-z0-9_./-]{1,255}$ */
  certificate?: string;
  /** For `ssl`. */
  tls?: TlsOptions;
  timeouts?: Timeouts;
  /** Connections at a time.  @minimum 1  @maximum 1000000 */
  maxConnections?: number;
  /** Whether an HTTP connection may carry several requests; it may, without this. Only where the payload is HTTP. */
  keepAlive?: boolean;
  /** Whether members are told the client's address and scheme in the header `Forwarded` (RFC 7239), too. Only for HTTP. */
  forwarded?: boolean;
  healthCheck?: HealthCheck;
  /** @maxItems 10000  @uniqueBy vm */
  members: MemberRecord[];
}

/** HAProxy's statistics page. */
export interface StatisticsPage {
  /** @format ipv4 */
  ip: string;
  /** @minimum 1  @maximum 65535 */
  port: number;
  /** Client networks that may connect, as `a.b.c.d/n`; empty: everybody.  @format cidrv4  @maxItems 512 */
  cidrs: string[];
  /** Path of the page; CloudStack's is `/admin?stats`.  @pattern ^/[A-Za-z0-9._~/?=&%-]{0,255}$ */
  uri: string;
  /** For HTTP Basic authentication.  @pattern ^[A-Za-z0-9_.-]{1,64}$ */
  user: string;
  /** @pattern ^[!-~]{1,128}$ */
  password: string;
}

/** A syslog server that HAProxy logs to. */
export interface LogTarget {
  /** @format ipv4 */
  ip: string;
  /** UDP port.  @minimum 1  @maximum 65535 */
  port: number;
  /** @pattern ^(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|auth2|ftp|ntp|audit|alert|cron2|local[0-7])$ */
  facility: string;
  /** The least severe level that is sent. */
  level: 'emerg' | 'alert' | 'crit' | 'err' | 'warning' | 'notice' | 'info' | 'debug';
}

/** Milliseconds; 0: for ever. */
export interface DefaultTimeouts {
  /** Until a member answers a connection.  @minimum 0  @maximum 2147483647 */
  connectMs: number;
  /** Without a byte from the client.  @minimum 0  @maximum 2147483647 */
  clientMs: number;
  /** Without a byte from the member.  @minimum 0  @maximum 2147483647 */
  serverMs: number;
}

/** A router of a redundant pair. */
export interface PairRouter {
  /** Its name as a peer of HAProxy; CloudStack's for a router is `r-5-VM`.  @pattern ^[A-Za-z0-9_.-]{1,64}$ */
  name: string;
  /** An address that is always its own: not one that moves to the other router.  @format ipv4 */
  ip: string;
}

/** Two routers of which one has the public addresses at a time, as VRRP decides. They share their stick tables. */
export interface RedundantPair {
  /** The name of this router.  @pattern ^[A-Za-z0-9_.-]{1,64}$ */
  self: string;
  /** This router and the other one.  @maxItems 2  @uniqueBy name */
  peers: PairRouter[];
}

/** What a router's HAProxy is told beside its rules. */
export interface HaproxySettings {
  /** Connections that HAProxy accepts in all. It needs two file descriptors for each.  @minimum 1  @maximum 1000000 */
  maxConnections: number;
  /** Pipes for splicing; without it, HAProxy's own choice.  @minimum 0  @maximum 1000000 */
  maxPipes?: number;
  /** For rules that have none of their own. */
  timeouts: DefaultTimeouts;
  /** The user that workers run as; without it, the one who starts HAProxy.  @pattern ^[a-z_][a-z0-9_-]{0,31}$ */
  user?: string;
  /** The group that workers run as.  @pattern ^[a-z_][a-z0-9_-]{0,31}$ */
  group?: string;
  /** The folder that workers see as their root.  @pattern ^/[A-Za-z0-9_./-]{1,255}$ */
  chroot?: string;
  /** Without it, HAProxy logs nothing. */
  log?: LogTarget;
  /** @maxItems 16  @uniqueBy ip port */
  statistics: StatisticsPage[];
  /** For rules with `ssl`. */
  tls: TlsOptions;
  /** Bits of the Diffie-Hellman parameters of ciphers that need some.  @minimum 1024  @maximum 16384 */
  dhParamBits?: number;
  /**
   * Port over which stick tables survive a reload: on the loopback interface, or of a pair on its routers' own addresses.
   * @minimum 1  @maximum 65535
   */
  peersPort: number;
  /** Without it, a rule is refused whose address is not one of the router. */
  pair?: RedundantPair;
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
  /** What a condition that holds does not promise: sentences that its message has, too. Absent: it promises all. */
  warnings?: string[];
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

import type { BalanceSpec } from '../balance.ts';
import type { ServerSpec } from '../server.ts';
import type { TableSpec } from '../table.ts';
import type { Condition } from './condition.ts';
import type { CookieSpec } from './cookie.ts';

/** Where a proxy listens, and its name in `show stat`, where it is only with `option socket-stats`. */
export type BindSpec = (
  | { address: string; port: number; certificate?: string }
  | { unix: string; proxyProtocol: boolean }
) & {
  counted?: string;
};

/** `stick on|match|store-request|store-response src|req.cook(N)|res.cook(N) [table T] [if ...]`. */
export interface StickRule {
  /** The proxy whose table is used. */
  table: string;
  /** What clients are known by: their address, or the value of a cookie. */
  key: 'source' | { cookie: string };
  /** An entry leads its clients to a server. */
  match: boolean;
  /** What makes an entry: a request that a server gets, or what it answers. */
  store: 'request' | 'response' | undefined;
  when: Condition;
}

/** `tcp-request connection|session|content accept|reject [if ...]`. */
export interface AdmissionRule {
  /** `connection` rules are evaluated before the PROXY header is read, so that they see the socket's own peer. */
  layer: 'connection' | 'session' | 'content';
  action: 'accept' | 'reject';
  when: Condition;
}

/** A `listen` section with what it inherits. */
export interface ProxySpec {
  name: string;
  mode: 'tcp' | 'http';
  balance: BalanceSpec;
  binds: readonly BindSpec[];
  servers: readonly ServerSpec[];
  table: TableSpec | undefined;
  stick: readonly StickRule[];
  cookie: CookieSpec | undefined;
  /** Connections at a time; more wait until they give up. */
  maxConnections: number;
  admission: readonly AdmissionRule[];
  /** `option redispatch`: a client whose server refuses gets another one. */
  redispatch: boolean;
  /** `option httpclose`: a connection serves one request. */
  closeAfterResponse: boolean;
  /** Milliseconds without traffic after which a connection is closed; Infinity: never. */
  idleTimeoutMs: number;
}

/** A configuration as a worker runs it. */
export interface ConfigSpec {
  /** `setenv` and what HAProxy sets itself. */
  environment: ReadonlyMap<string, string>;
  /** Peers sections that name the local peer, with its address: only through those a new worker learns tables. */
  peers: ReadonlyMap<string, string>;
  localPeer: string;
  /** A `stats socket` line: without one there is no runtime CLI. */
  runtimeCli: boolean;
  maps: ReadonlyMap<string, string>;
  /** PEM texts by file. */
  certificates: ReadonlyMap<string, string>;
  proxies: readonly ProxySpec[];
}

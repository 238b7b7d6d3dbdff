import type { BalanceSpec } from '../balance.ts';
import type { ServerSpec } from '../server.ts';
import type { TableSpec } from '../table.ts';
import type { Condition } from './condition.ts';
import type { CookieSpec } from './cookie.ts';

/** Where a proxy listens; `transparent`: also where the host has no such address. `counted` is its name in `show stat`, with `option socket-stats` only. */
export type BindSpec = (
  | { address: string; port: number; transparent: boolean; certificate?: string }
  | { unix: string; proxyProtocol: boolean }
) & {
  counted?: string;
};

/** `stick on|match|store-request|store-response src|req.cook(N)|res.cook(N) [table T] [if ...]`. */
export interface StickRule {
  /** The proxy whose table is used. */
  table: string;
  /** How clients are recognised: by their address, or by the value of a cookie. */
  key: 'source' | { cookie: string };
  /** Whether an entry sends its clients to its server. */
  match: boolean;
  /** When an entry is stored: with a request to a server, or with its response. */
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

/** A `listen` section, `defaults` included. */
export interface ProxySpec {
  name: string;
  mode: 'tcp' | 'http';
  balance: BalanceSpec;
  binds: readonly BindSpec[];
  servers: readonly ServerSpec[];
  table: TableSpec | undefined;
  stick: readonly StickRule[];
  cookie: CookieSpec | undefined;
  /** Concurrent connections; more wait until their clients give up. */
  maxConnections: number;
  admission: readonly AdmissionRule[];
  /** `option redispatch`: a client whose server refuses the connection gets another one. */
  redispatch: boolean;
  /** `option httpclose`: a connection serves one request. */
  closeAfterResponse: boolean;
  /** Milliseconds without traffic after which a connection is closed; Infinity: never. */
  idleTimeoutMs: number;
}

/** A configuration as a worker runs it. */
export interface ConfigSpec {
  /** Environment variables of `setenv`, and those that HAProxy sets itself. */
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

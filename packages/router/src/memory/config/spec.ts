import type { BalanceSpec } from '../balance.ts';
import type { ServerSpec } from '../server.ts';
import type { TableSpec } from '../table.ts';
import type { Condition } from './condition.ts';

/** Where a proxy listens. */
export type BindSpec = { address: string; port: number } | { unix: string; proxyProtocol: boolean };

/** `stick on src [table T] [if ...]`. */
export interface StickRule {
  /** The proxy whose table is used. */
  table: string;
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
  proxies: readonly ProxySpec[];
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Files of a router, all below one directory. */
export interface RouterPaths {
  config: string;
  /** The config that is tried before it is installed. */
  candidate: string;
  stickMap: string;
  /** How HTTP requests wait for stick tables. */
  waitScript: string;
  /** What is wanted, and what else outlives the router's process. */
  state: string;
  /** What was counted by workers that have ended. */
  counters: string;
  /** Names the process that drives the router. */
  lock: string;
  /** The router's own copy of a rule's PEM file. */
  certificate(file: string): string;
  /** Probe socket of a rule. */
  probe(proxy: string): string;
  statsSocket: string;
}

/** A probe socket's path must stay below HAProxy's limit of 97 characters (107 less the suffix it adds at bind time). */
export const routerPaths = (dir: string): RouterPaths => ({
  config: join(dir, 'haproxy.cfg'),
  candidate: join(dir, 'haproxy.cfg.new'),
  stickMap: join(dir, 'stick.map'),
  waitScript: join(dir, 'table-wait.lua'),
  state: join(dir, 'state.json'),
  counters: join(dir, 'counters.json'),
  lock: join(dir, 'lock'),
  certificate: (file) => join(dir, `${createHash('sha256').update(file).digest('hex').slice(0, 16)}.pem`),
  probe: (proxy) => join(dir, `${proxy}.sock`),
  statsSocket: join(dir, 'admin.sock'),
});

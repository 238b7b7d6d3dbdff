import { join } from 'node:path';

/** Files of a router, all below one directory. */
export interface RouterPaths {
  config: string;
  /** The config that is tried before it is installed. */
  candidate: string;
  stickMap: string;
  /** What is wanted, and what else outlives the router's process. */
  state: string;
  /** Probe socket of a rule. */
  probe(proxy: string): string;
  statsSocket: string;
}

/** A probe socket's path must stay below HAProxy's limit of 97 characters (107 less the suffix it adds at bind time). */
export const routerPaths = (dir: string): RouterPaths => ({
  config: join(dir, 'haproxy.cfg'),
  candidate: join(dir, 'haproxy.cfg.new'),
  stickMap: join(dir, 'stick.map'),
  state: join(dir, 'state.json'),
  probe: (proxy) => join(dir, `${proxy}.sock`),
  statsSocket: join(dir, 'admin.sock'),
});

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { configFolder } from './names.ts';

/** Files of a router, all below one directory. */
export interface RouterPaths {
  /** The folder of HAProxy's configuration: `haproxy -f` reads its files `*.cfg` as one. */
  config: string;
  /** The whole configuration, which `haproxy -c` checks before it is installed. */
  candidate: string;
  stickMap: string;
  /** The Lua script by which HTTP requests wait for stick tables. */
  waitScript: string;
  /** Desired state and what else outlives the router's process. */
  state: string;
  /** Where former versions had it, with a journal beside. */
  formerState: string;
  /** Counts of workers that have ended. */
  counters: string;
  /** Names the process that drives the router. */
  lock: string;
  /** The router's own copy of a rule's PEM file. */
  certificate(file: string): string;
  /** Probe socket of a rule. */
  probe(proxy: string): string;
  statsSocket: string;
}

/** What HAProxy takes for the path of a socket: the 107 characters of Linux, less the suffix that it adds at bind time. */
const longestSocket = 97;

/** The longest folder in which every rule can have its probe socket; HAProxy refuses the configuration in a longer one. */
export const longestRouterDir = longestSocket - '/255_255_255_255-65535.sock'.length;

/**
 * What the path of that folder may hold: HAProxy's configuration has words that take no space, quote or other alphabet, and
 * takes what comes after a comma for another address.
 */
export const routerDirCharacters = /^[\w./@%-]+$/;

/** The files below `dir`. */
export const routerPaths = (dir: string): RouterPaths => ({
  config: join(dir, configFolder),
  candidate: join(dir, 'candidate.cfg'),
  stickMap: join(dir, 'stick.map'),
  waitScript: join(dir, 'table-wait.lua'),
  state: join(dir, 'state.db'),
  formerState: join(dir, 'state.json'),
  counters: join(dir, 'counters.json'),
  lock: join(dir, 'lock'),
  certificate: (file) => join(dir, `${createHash('sha256').update(file).digest('hex').slice(0, 16)}.pem`),
  probe: (proxy) => join(dir, `${proxy}.sock`),
  statsSocket: join(dir, 'admin.sock'),
});

import type { RouterHandlers } from '@limpet/contract';

/** What a router has done so far. */
export interface RouterStats {
  /** Reloads and restarts of HAProxy: each one disrupts all rules of the router. */
  reloads: number;
  /** Changes over the Runtime API, without a reload. */
  runtimeOps: number;
}

/** A router: the generated handlers, with statistics and an end. */
export interface Router extends RouterHandlers {
  stats(): RouterStats;
  /** Stops HAProxy and frees the router's resources. */
  close(): Promise<void>;
}

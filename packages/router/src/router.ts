import type { RouterHandlers } from '@limpet/contract';

/** What a router had to do so far. */
export interface RouterStats {
  /** Reloads and restarts of HAProxy: each one costs every rule on the router something. */
  reloads: number;
  /** Changes made through the runtime CLI, without a reload. */
  runtimeOps: number;
}

/** A router: the generated handlers, and what it cost. */
export interface Router extends RouterHandlers {
  stats(): RouterStats;
  /** Ends HAProxy and frees what the router holds. */
  close(): Promise<void>;
}

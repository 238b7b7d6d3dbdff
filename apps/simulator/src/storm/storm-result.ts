import type { SimulationResult } from '../run/result.ts';
import type { OperationKind } from './operations.ts';

/** What a storm found: the keys of every simulation, and its own. */
export interface StormResult extends SimulationResult {
  /** Rules and members of each that it began with. */
  rules: number;
  members: number;
  /** How often each kind of operation was done. */
  operations: Record<OperationKind, number>;
  /** Operations at a time, on average. */
  concurrency: number;
  /** Operations done while no `bind` or `balance` changed, and the reloads meanwhile: what a router could do without. */
  operationsWithoutBindBalanceCookie: number;
  reloadsWithoutBindBalanceCookie: number;
  /** Milliseconds from sending a command to the router's answer. */
  answeredMs: { p50: number | null; p99: number | null };
}

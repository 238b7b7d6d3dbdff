import type { Finding } from '../clients/judge.ts';
import type { RouterKind } from '../test-bed/test-bed.ts';

/** What a simulation found. The keys are a contract: scripts read them. */
export interface SimulationResult {
  scenario: string;
  router: RouterKind;
  dataPlane: 'real' | 'memory';
  /** Changes of stickiness or algorithm that the steps made. */
  changes: number;
  changesInForce: number;
  changesNotInForce: number;
  /** Changes in force after the scenario's workaround; null when none was needed, or none is known. */
  changesInForceAfterWorkaround: number | null;
  clients: number;
  /** Sticky clients of unchanged rules that were given another VM although theirs was still there. */
  clientsMoved: number;
  /** Connections that the clients opened. */
  connections: number;
  /** Connections without an answer, and held connections that ended although their rule and VM were unchanged. */
  connectionsFailed: number;
  /** Held connections of changed rules that were closed. */
  connectionsDrained: number;
  /** Reloads and restarts of HAProxy since the clients settled in. */
  reloads: number;
  /** Changes made through the runtime CLI since then. */
  runtimeOps: number;
  /** VMs that the workaround destroyed and created again. */
  vmsRecreated: number;
  /** Milliseconds from the call of a change to the first time that all clients of the rule saw it; null when none did. */
  inForceMs: { p50: number | null; p99: number | null };
  /** Duration of the whole simulation. */
  seconds: number;
  seed: number;
  /** The first few rules that were not in force. */
  findings: Finding[];
}

/** True when all changes are in force, and no client was disrupted. */
export const isClean = (result: SimulationResult): boolean =>
  result.changesNotInForce === 0 && result.clientsMoved === 0 && result.connectionsFailed === 0;

import type { Finding } from '../clients/judge.ts';
import type { RouterKind } from '../test-bed/test-bed.ts';

/** A step of the run, and what was observed beside it. */
export interface ReplayedStep {
  /** From 1. The last one, `rest`, is after the run: everything is left alone until nothing is under way. */
  step: number;
  lane: string;
  text: string;
  observed: string[];
}

/** What became of a run on a router. The keys are a contract: scripts read them. */
export interface ReplayResult {
  router: RouterKind;
  dataPlane: 'real' | 'memory';
  steps: ReplayedStep[];
  /** True when clients or the packet filter show that this router does what the run is about. */
  reproduced: boolean;
  /** The first thing that was wrong; null when nothing was. */
  finding: (Finding & { step: number }) | null;
  /** The step that this router or its management cannot be brought to, and why; null when all were played. */
  obstacle: { step: number; reason: string } | null;
}

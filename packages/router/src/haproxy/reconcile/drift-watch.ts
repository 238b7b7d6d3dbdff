import { type ConditionUpdate, conditionFalse, conditionTrue } from '../../conditions.ts';
import { type PortConflicts, sharedPort } from '../admission/port-conflicts.ts';
import { readCertificates } from '../config/certificates.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import { notRespondingReason } from '../runtime/not-responding.ts';
import { type Drift, driftOf } from '../verify/drift.ts';
import { observe, type Processes } from '../verify/observe.ts';
import { type RouterContext, setConditions } from './context.ts';
import type { Drifted } from './knowledge.ts';

/** Sees what other programs change behind the router's back, and says so in the conditions of the rules concerned. */
export class DriftWatch {
  readonly #context: RouterContext;
  readonly #isProgressing: (id: string) => boolean;
  #processes: Processes | undefined;
  /** Rules whose conditions tell of drift. */
  #drifted = new Set<string>();

  /** @param isProgressing true while a change of the rule is not in force yet: what is found of it then means nothing. */
  constructor(context: RouterContext, isProgressing: (id: string) => boolean) {
    this.#context = context;
    this.#isProgressing = isProgressing;
  }

  /** The router itself has started or reloaded HAProxy: the next look takes the processes that it finds. */
  ownProcesses(): void {
    this.#processes = undefined;
  }

  /** Compares everything once with what was applied last, and returns what differs. */
  async look(specs: readonly ProxySpec[]): Promise<Drifted> {
    const { state } = this.#context;
    const { portConflicts, reason, ...drift } = await this.#drift(specs);
    const before = new Set([...this.#drifted, ...state.portConflicts.keys()]);
    state.recordPortConflicts(portConflicts);
    this.#drifted = new Set();
    for (const { id, generation } of specs) {
      if (this.#isProgressing(id)) continue;
      const found = [...(drift.rules.get(id) ?? []), ...drift.all];
      if (found.length > 0) this.#drifted.add(id);
      if (state.refusedGeneration(id) !== undefined) continue; // its conditions tell of a later version
      const conflict = portConflicts.get(id);
      const isTold = found.length > 0 || conflict !== undefined || before.has(id);
      if (isTold) setConditions(this.#context, id, { InForce: inForce(id, found, reason, conflict) }, generation);
    }
    return { rules: this.#drifted, reloadedExternally: drift.reloadedExternally };
  }

  async #drift(specs: readonly ProxySpec[]): Promise<Drift & { portConflicts: PortConflicts; reason: string }> {
    const { dataPlane, paths, settings, state } = this.#context;
    const { portConflicts } = state;
    try {
      const rules = specs.map(({ rule }) => rule);
      const certificates = await readCertificates(dataPlane.files, rules);
      const observed = await observe(dataPlane, paths, [...certificates.keys()]);
      const files = renderFiles(specs, settings, paths);
      const drift = driftOf(observed, { specs, files, settings, certificates, processes: this.#processes });
      const { notResponding, processes } = observed;
      // After a reload by somebody else it stays unknown what HAProxy was made to read until the router reloads it itself.
      if (!notResponding) this.#processes ??= processes;
      const reason = notResponding ? notRespondingReason : 'Drift';
      return { ...drift, portConflicts: observed.portConflicts, reason };
    } catch (error) {
      const all = [(error as Error).message];
      return { rules: new Map(), all, reloadedExternally: false, portConflicts, reason: 'Drift' };
    }
  }
}

function inForce(id: string, found: readonly string[], reason: string, conflict: string | undefined): ConditionUpdate {
  if (found.length > 0) return conditionFalse(reason, found.join('; '));
  if (conflict !== undefined) return { status: 'False', ...sharedPort(id, conflict) };
  return conditionTrue('Verified', 'what somebody else had changed is as it was again');
}

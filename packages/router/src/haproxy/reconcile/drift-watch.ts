import { conditionFalse, conditionTrue } from '../../conditions.ts';
import { type PortConflicts, sharedPort } from '../admission/port-conflicts.ts';
import { readCertificates } from '../config/certificates.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import { notRespondingReason } from '../runtime/not-responding.ts';
import { type Drift, driftOf } from '../verify/drift.ts';
import { observe, type Processes } from '../verify/observe.ts';
import { type RouterContext, setConditions } from './context.ts';

/** Sees what others change behind the router's back, and says so in the conditions of the rules that it concerns. */
export class DriftWatch {
  readonly #context: RouterContext;
  readonly #owes: (id: string) => boolean;
  #processes: Processes | undefined;
  /** Rules whose conditions tell of drift. */
  #drifted = new Set<string>();

  /** @param owes whether a change of the rule is not proved yet: what is found of it then means nothing. */
  constructor(context: RouterContext, owes: (id: string) => boolean) {
    this.#context = context;
    this.#owes = owes;
  }

  /** HAProxy was started or reloaded by the router itself: the next look takes what it finds. */
  ownProcesses(): void {
    this.#processes = undefined;
  }

  /**
   * Looks at everything once.
   *
   * @returns the rules that are not as they were left, and whether HAProxy has read files that are not the router's.
   */
  async look(specs: readonly ProxySpec[]): Promise<{ drifted: ReadonlySet<string>; reloadedExternally: boolean }> {
    const { portConflicts, reason, ...drift } = await this.#drift(specs);
    const before = new Set([...this.#drifted, ...this.#context.portConflicts.keys()]);
    this.#context.portConflicts = portConflicts;
    this.#drifted = new Set();
    for (const { id, generation } of specs) {
      if (this.#owes(id)) continue;
      const found = [...(drift.rules.get(id) ?? []), ...drift.all];
      if (found.length > 0) this.#drifted.add(id);
      if (this.#context.refused.has(id)) continue; // its conditions tell of a later version
      const conflict = portConflicts.get(id);
      const InForce =
        found.length > 0
          ? conditionFalse(reason, found.join('; '))
          : conflict !== undefined
            ? { status: 'False' as const, ...sharedPort(id, conflict) }
            : conditionTrue('Verified', 'what somebody else had changed is as it was again');
      if (found.length > 0 || conflict !== undefined || before.has(id))
        setConditions(this.#context, id, { InForce }, generation);
    }
    return { drifted: this.#drifted, reloadedExternally: drift.reloadedExternally };
  }

  async #drift(specs: readonly ProxySpec[]): Promise<Drift & { portConflicts: PortConflicts; reason: string }> {
    const { dataPlane, paths, settings } = this.#context;
    try {
      const certificates = await readCertificates(
        dataPlane.files,
        specs.map(({ rule }) => rule),
      );
      const found = await observe(dataPlane, paths, [...certificates.keys()]);
      const drift = driftOf(found, {
        specs,
        files: renderFiles(specs, settings, paths),
        settings,
        certificates,
        processes: this.#processes,
      });
      // Where nobody heals, it stays unknown what others have made HAProxy read, until the router reloads it itself.
      if (!found.notResponding && (settings.drift === 'heal' || !this.#processes)) this.#processes = found.processes;
      return {
        ...drift,
        portConflicts: found.portConflicts,
        reason: found.notResponding ? notRespondingReason : 'Drift',
      };
    } catch (error) {
      const all = [(error as Error).message];
      return {
        rules: new Map(),
        all,
        reloadedExternally: false,
        portConflicts: this.#context.portConflicts,
        reason: 'Drift',
      };
    }
  }
}

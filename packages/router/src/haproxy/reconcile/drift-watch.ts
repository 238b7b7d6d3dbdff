import { pending, yes } from '../../conditions.ts';
import { type Strangers, sharedPort } from '../admission/port-conflicts.ts';
import { readCertificates } from '../config/certificates.ts';
import type { RuleLayout } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import { notResponding } from '../runtime/not-responding.ts';
import { type Drift, driftOf } from '../verify/drift.ts';
import { lookAround, type Processes } from '../verify/observe.ts';
import { type RouterContext, say } from './context.ts';

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
  async look(layouts: readonly RuleLayout[]): Promise<{ drifted: ReadonlySet<string>; foreign: boolean }> {
    const { strangers, reason, ...drift } = await this.#drift(layouts);
    const before = new Set([...this.#drifted, ...this.#context.strangers.keys()]);
    this.#context.strangers = strangers;
    this.#drifted = new Set();
    for (const { id, generation } of layouts) {
      if (this.#owes(id)) continue;
      const found = [...(drift.rules.get(id) ?? []), ...drift.all];
      if (found.length > 0) this.#drifted.add(id);
      if (this.#context.refused.has(id)) continue; // its conditions tell of a later version
      const stranger = strangers.get(id);
      const InForce =
        found.length > 0
          ? pending(reason, found.join('; '))
          : stranger !== undefined
            ? { status: 'False' as const, ...sharedPort(id, stranger) }
            : yes('Verified', 'what somebody else had changed is as it was again');
      if (found.length > 0 || stranger !== undefined || before.has(id)) say(this.#context, id, { InForce }, generation);
    }
    return { drifted: this.#drifted, foreign: drift.foreign };
  }

  async #drift(layouts: readonly RuleLayout[]): Promise<Drift & { strangers: Strangers; reason: string }> {
    const { dataPlane, paths, settings } = this.#context;
    try {
      const certificates = await readCertificates(
        dataPlane.files,
        layouts.map(({ rule }) => rule),
      );
      const found = await lookAround(dataPlane, paths, [...certificates.keys()]);
      const drift = driftOf(found, {
        layouts,
        files: renderFiles(layouts, settings, paths),
        settings,
        certificates,
        processes: this.#processes,
      });
      // Where nobody heals, it stays unknown what others have made HAProxy read, until the router reloads it itself.
      if (!found.silent && (settings.drift === 'heal' || !this.#processes)) this.#processes = found.processes;
      return { ...drift, strangers: found.strangers, reason: found.silent ? notResponding : 'Drift' };
    } catch (error) {
      const all = [(error as Error).message];
      return { rules: new Map(), all, foreign: false, strangers: this.#context.strangers, reason: 'Drift' };
    }
  }
}

import { pending, yes } from '../conditions.ts';
import { type RouterContext, say } from './context.ts';
import { type Drift, driftOf, lookAround, type Processes } from './drift.ts';
import type { RuleLayout } from './layout.ts';
import { renderFiles } from './render.ts';

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
    const drift = await this.#drift(layouts);
    const before = this.#drifted;
    this.#drifted = new Set();
    for (const { id, generation } of layouts) {
      if (this.#owes(id)) continue;
      const found = [...(drift.rules.get(id) ?? []), ...drift.all];
      if (found.length > 0) this.#drifted.add(id);
      if (this.#context.refused.has(id)) continue; // its conditions tell of a later version
      const InForce =
        found.length > 0
          ? pending('Drift', found.join('; '))
          : yes('Verified', 'what somebody else had changed is as it was again');
      if (found.length > 0 || before.has(id)) say(this.#context, id, { InForce }, generation);
    }
    return { drifted: this.#drifted, foreign: drift.foreign };
  }

  async #drift(layouts: readonly RuleLayout[]): Promise<Drift> {
    const { dataPlane, paths, settings } = this.#context;
    try {
      const found = await lookAround(dataPlane, paths);
      const drift = driftOf(found, {
        layouts,
        files: renderFiles(layouts, settings, paths),
        settings,
        processes: this.#processes,
      });
      // Where nobody heals, it stays unknown what others have made HAProxy read, until the router reloads it itself.
      if (settings.drift === 'heal' || !this.#processes) this.#processes = found.processes;
      return drift;
    } catch (error) {
      return { rules: new Map(), all: [(error as Error).message], foreign: false };
    }
  }
}

import { type DesiredState, wantedGeneration } from '../../desired.ts';

/**
 * What happens to a rule, at the point from which on it counts:
 *
 * - `put`, `put-again`, `put-stale`, `remove`: a command was taken, with a new, the same or an older generation.
 * - `apply`: HAProxy and iptables have the version; `restore`: they have it again. `gone`: they have nothing of the rule.
 * - `refuse`: the version cannot be served. `retry`: it is looked at again.
 * - `verify`: fresh and held connections obey the version.
 * - `apply-old`, `refuse-old`, `verify-old`: the same of a version of which a later one is wanted by now.
 */
export type RuleStepName =
  | 'put'
  | 'put-again'
  | 'put-stale'
  | 'remove'
  | 'retry'
  | 'restore'
  | 'gone'
  | 'apply'
  | 'refuse'
  | 'verify'
  | 'apply-old'
  | 'refuse-old'
  | 'verify-old';

/** One step of a rule. */
export interface RuleStep {
  /** Its id. */
  rule: string;
  step: RuleStepName;
  generation: number;
}

/** Reports the steps of each rule to the observer of the router. */
export class RuleTrace {
  readonly #observe: (step: RuleStep) => void;
  readonly #desired: () => DesiredState;
  /** By rule id, the generation that HAProxy was given last. */
  readonly #applied = new Map<string, number>();

  constructor(observe: (step: RuleStep) => void, desired: () => DesiredState) {
    this.#observe = observe;
    this.#desired = desired;
  }

  /**
   * Commands were taken.
   *
   * @param before by rule id, the generations that were wanted before
   * @param puts rule ids and generations of the rules that they put; `removals` of those that they remove
   */
  taken(
    before: ReadonlyMap<string, number>,
    { puts, removals }: Record<'puts' | 'removals', readonly (readonly [id: string, generation: number])[]>,
  ): void {
    const { rules } = this.#desired();
    for (const [rule, generation] of removals) {
      if (!rules[rule]) this.#observe({ rule, step: 'remove', generation });
    }
    for (const [rule, generation] of puts) {
      const now = rules[rule]?.generation;
      if (now === undefined) {
        this.#observe({ rule, step: 'put-stale', generation });
      } else if (now !== before.get(rule)) {
        this.#observe({ rule, step: 'put', generation: now });
      } else {
        this.#observe({ rule, step: now === generation ? 'put-again' : 'put-stale', generation });
      }
    }
  }

  applied(rule: string, generation: number): void {
    const again = this.#applied.get(rule) === generation;
    this.#applied.set(rule, generation);
    if (again) this.#observe({ rule, step: 'restore', generation });
    else this.#tell(rule, 'apply', generation);
  }

  refused(rule: string, generation: number): void {
    this.#applied.delete(rule);
    this.#tell(rule, 'refuse', generation);
  }

  verified(rule: string, generation: number): void {
    this.#tell(rule, 'verify', generation);
  }

  gone(rule: string, generation: number): void {
    this.#applied.delete(rule);
    this.#observe({ rule, step: 'gone', generation });
  }

  retried(rule: string): void {
    const wanted = this.#desired().rules[rule];
    if (wanted) this.#observe({ rule, step: 'retry', generation: wanted.generation });
  }

  #tell(rule: string, step: 'apply' | 'refuse' | 'verify', generation: number): void {
    const isOld = generation < wantedGeneration(this.#desired(), rule);
    this.#observe({ rule, step: isOld ? `${step}-old` : step, generation });
  }
}

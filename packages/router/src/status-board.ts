import type { Condition, RuleKey, RuleStatus } from '@limpet/contract';
import type { Clock } from '@limpet/data-plane';
import { type ConditionUpdate, conditionFalse, isFailure, withConditions } from './conditions.ts';
import { RouterError } from './errors.ts';

/** The final outcome of a rule's generation. */
export interface Outcome {
  outcome: 'applied' | 'refused';
  status: RuleStatus;
}

interface Waiter {
  generation: number;
  resolve(settled: Outcome): void;
  reject(error: RouterError): void;
}

/** Milliseconds after which a command is answered at the latest, whatever keeps its rule from coming to rest. */
const answerWithinMs = 60_000;

/** The status of each rule, and the commands that wait for it. Keys are rule ids. */
export class StatusBoard {
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #statuses = new Map<string, RuleStatus>();
  readonly #outcomes = new Map<string, Outcome & { generation: number }>();
  readonly #waiters = new Map<string, Waiter[]>();

  constructor(clock: Pick<Clock, 'now' | 'after'>) {
    this.#clock = clock;
  }

  /** The rule's status; without conditions when nothing is known of it. */
  status(id: string, key: RuleKey): RuleStatus {
    return this.#statuses.get(id) ?? { key, generation: 0, observedGeneration: 0, conditions: [] };
  }

  /** Sets conditions of the rule at `generation`; `wanted` is the rule's desired generation now. */
  setConditions(
    id: string,
    key: RuleKey,
    wanted: number,
    generation: number,
    updates: Partial<Record<Condition['type'], ConditionUpdate>>,
  ): void {
    this.#statuses.set(
      id,
      withConditions({ ...this.status(id, key), generation: wanted }, updates, generation, this.#time()),
    );
  }

  /**
   * Resolves the rule at `generation`: it is in force, or refused. Answers the commands that wait for this or an
   * earlier generation; those at or below `above`, the programmed generation, are left to resolve by themselves.
   */
  resolve(id: string, key: RuleKey, generation: number, outcome: Outcome['outcome'], above = 0): void {
    const before = this.status(id, key);
    const status = outcome === 'applied' ? { ...before, observedGeneration: generation } : before;
    this.#statuses.set(id, status);
    // An earlier generation that resolves late must not hide the outcome of a later one.
    if (generation >= (this.#outcomes.get(id)?.generation ?? 0))
      this.#outcomes.set(id, { outcome, status, generation });
    const waiters = this.#waiters.get(id) ?? [];
    const isAnswered = (waiter: Waiter): boolean => waiter.generation > above && waiter.generation <= generation;
    const others = waiters.filter((waiter) => !isAnswered(waiter));
    if (others.length > 0) this.#waiters.set(id, others);
    else this.#waiters.delete(id);
    for (const waiter of waiters.filter(isAnswered)) waiter.resolve({ outcome, status });
  }

  /** Deletes the refusal of this or an earlier generation, since the rule was sent again. True when there was one. */
  reopen(id: string, generation: number): boolean {
    const settled = this.#outcomes.get(id);
    return settled?.outcome === 'refused' && settled.generation <= generation && this.#outcomes.delete(id);
  }

  /** The rule is rolled out again at this generation: commands wait for how that ends. */
  unsettle(id: string, generation: number): void {
    if (this.#outcomes.get(id)?.generation === generation) this.#outcomes.delete(id);
  }

  /** Ids of the rules that commands wait for. */
  waiting(): string[] {
    return [...this.#waiters.keys()];
  }

  /** Deletes the status of a removed rule. */
  forget(id: string): void {
    this.#statuses.delete(id);
    this.#outcomes.delete(id);
  }

  /**
   * Waits until the rule is resolved at `generation` or a later one, for a minute at most. A rule that was in force, and
   * is not any more, is refused. Rejects with `ROUTER_CLOSED`.
   */
  wait(id: string, key: RuleKey, generation: number): Promise<Outcome> {
    const settled = this.#outcomes.get(id);
    if (settled && settled.generation >= generation) return Promise.resolve(this.#asItIsNow(id, key, settled));
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(answerWithinMs, () => this.#answerLate(id, key, waiter));
      const waiter: Waiter = {
        generation,
        resolve: (outcome) => {
          cancel();
          resolve(outcome);
        },
        reject: (error) => {
          cancel();
          reject(error);
        },
      };
      this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), waiter]);
    });
  }

  #asItIsNow(id: string, key: RuleKey, { outcome }: Outcome): Outcome {
    const status = this.status(id, key);
    const isLost = status.conditions.some((each) => each.type === 'InForce' && isFailure(each));
    return { outcome: isLost ? 'refused' : outcome, status };
  }

  #answerLate(id: string, key: RuleKey, waiter: Waiter): void {
    const others = (this.#waiters.get(id) ?? []).filter((each) => each !== waiter);
    if (others.length > 0) this.#waiters.set(id, others);
    else this.#waiters.delete(id);
    const status = this.status(id, key);
    const last = status.conditions.at(-1)?.message ?? 'nothing is known of it yet';
    const InForce = conditionFalse(
      'Overdue',
      `the rule did not come to rest within ${answerWithinMs / 1000} s (${last}); the router goes on, and limpet status shows how it ends`,
    );
    const late = withConditions(status, { InForce }, waiter.generation, this.#time());
    waiter.resolve({ outcome: 'refused', status: late });
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  /** Rejects all waiting commands with RouterError `ROUTER_CLOSED`. */
  close(): void {
    const error = new RouterError(
      'ROUTER_CLOSED',
      'the router was closed before the rule came to rest; ask again when it is up',
    );
    for (const waiters of this.#waiters.values()) for (const { reject } of waiters) reject(error);
    this.#waiters.clear();
  }
}

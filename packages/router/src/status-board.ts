import type { Condition, RuleKey, RuleStatus } from '@limpet/contract';
import { type ConditionUpdate, withConditions } from './conditions.ts';
import { RouterError } from './errors.ts';

/** How a rule ended up at a generation. */
export interface Outcome {
  outcome: 'applied' | 'refused';
  status: RuleStatus;
}

interface Waiter {
  generation: number;
  resolve(settled: Outcome): void;
  reject(error: RouterError): void;
}

/** What is known of each rule, and who waits for it. Keys are rule ids. */
export class StatusBoard {
  readonly #now: () => number;
  readonly #statuses = new Map<string, RuleStatus>();
  readonly #outcomes = new Map<string, Outcome & { generation: number }>();
  readonly #waiters = new Map<string, Waiter[]>();

  /** @param now milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  status(id: string, key: RuleKey): RuleStatus {
    return this.#statuses.get(id) ?? { key, generation: 0, observedGeneration: 0, conditions: [] };
  }

  /** Adds statements about the rule at `generation`; `wanted` is the generation that is wanted of it by now. */
  setConditions(
    id: string,
    key: RuleKey,
    wanted: number,
    generation: number,
    updates: Partial<Record<Condition['type'], ConditionUpdate>>,
  ): void {
    const now = new Date(this.#now()).toISOString();
    this.#statuses.set(id, withConditions({ ...this.status(id, key), generation: wanted }, updates, generation, now));
  }

  /**
   * The rule has come to rest at `generation`: in force, or refused. Whoever waits for it is told, and whoever waits
   * for less, down to what is programmed (`above`) and comes to rest by itself.
   */
  resolve(id: string, key: RuleKey, generation: number, outcome: Outcome['outcome'], above = 0): void {
    const before = this.status(id, key);
    const status = outcome === 'applied' ? { ...before, observedGeneration: generation } : before;
    this.#statuses.set(id, status);
    // A generation that took its time must not hide how a later one ended.
    if (generation >= (this.#outcomes.get(id)?.generation ?? 0))
      this.#outcomes.set(id, { outcome, status, generation });
    const waiters = this.#waiters.get(id) ?? [];
    const concerned = (waiter: Waiter): boolean => waiter.generation > above && waiter.generation <= generation;
    const others = waiters.filter((waiter) => !concerned(waiter));
    if (others.length > 0) this.#waiters.set(id, others);
    else this.#waiters.delete(id);
    for (const waiter of waiters.filter(concerned)) waiter.resolve({ outcome, status });
  }

  /** A refusal is not the last word when the same generation, or a later one, is sent. True when there was one. */
  reopen(id: string, generation: number): boolean {
    const settled = this.#outcomes.get(id);
    return settled?.outcome === 'refused' && settled.generation <= generation && this.#outcomes.delete(id);
  }

  /** Ids of the rules that somebody waits for. */
  waiting(): string[] {
    return [...this.#waiters.keys()];
  }

  /** A removed rule has no status. */
  forget(id: string): void {
    this.#statuses.delete(id);
    this.#outcomes.delete(id);
  }

  /** Resolves when the rule has come to rest at `generation` or a later one. */
  wait(id: string, generation: number): Promise<Outcome> {
    const settled = this.#outcomes.get(id);
    if (settled && settled.generation >= generation) return Promise.resolve(settled);
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), { generation, resolve, reject }]);
    });
  }

  /** Nobody will be told any more. */
  close(): void {
    const error = new RouterError(
      'ROUTER_CLOSED',
      'the router was closed before the rule came to rest; ask again when it is up',
    );
    for (const waiters of this.#waiters.values()) for (const { reject } of waiters) reject(error);
    this.#waiters.clear();
  }
}

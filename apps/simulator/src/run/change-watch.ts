import { type Finding, judgeRule } from '../clients/judge.ts';
import type { Traffic } from '../clients/traffic.ts';
import type { Group } from '../cloud/group.ts';
import type { TestBedClock } from '../test-bed/test-bed.ts';
import { percentile } from './percentile.ts';
import type { RunObserver } from './run-observer.ts';

interface Change {
  group: Group;
  /** When the change was asked for. */
  asked: number;
  /** When all of the rule's clients had seen it. */
  seen: number | undefined;
}

/** How long clients look for a change, and how often, in milliseconds. */
const patienceMs = 2000;
const pollMs = 50;

/** How changes are judged. */
export interface ChangeWatchOptions {
  traffic: Traffic;
  clock: TestBedClock;
  /** Fresh connections of each client in one check. */
  rounds: number;
  observer?: RunObserver | undefined;
}

/** The changes that a scenario made, and whether the clients see them. */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions;
  readonly #changes: Change[] = [];
  readonly #watches: Promise<void>[] = [];
  #notInForce = new Map<Group, Finding>();

  constructor(options: ChangeWatchOptions) {
    this.#options = options;
  }

  /** Clients look at the changed rule from now on, while the scenario goes on. */
  watch(group: Group, asked: number): void {
    const change: Change = { group, asked, seen: undefined };
    this.#changes.push(change);
    const watch = this.#look(new Set([group])).then(() => undefined);
    // Awaited in `settle`; a failure before that must not end the process.
    watch.catch(() => undefined);
    this.#watches.push(watch);
  }

  /** The verdict when all is done: clients look once more at every changed rule. */
  async settle(): Promise<void> {
    await Promise.all(this.#watches);
    this.#notInForce = await this.#look(new Set(this.#changes.map(({ group }) => group)));
  }

  get count(): number {
    return this.#changes.length;
  }

  get inForce(): number {
    return this.#changes.filter(({ group }) => !this.#notInForce.has(group)).length;
  }

  get findings(): Finding[] {
    return [...this.#notInForce.values()];
  }

  /** Milliseconds from the call to the first check that passed, over the changes in force. */
  get inForceMs(): { p50: number | null; p99: number | null } {
    const times = this.#changes
      .filter(({ group, seen }) => seen !== undefined && !this.#notInForce.has(group))
      .map(({ asked, seen }) => seen! - asked);
    return { p50: percentile(times, 50), p99: percentile(times, 99) };
  }

  /** Checks until all of these are in force, or patience ends; returns those that are not. */
  async #look(groups: ReadonlySet<Group>): Promise<Map<Group, Finding>> {
    const { traffic, clock, rounds } = this.#options;
    const end = clock.now() + patienceMs;
    let pending = groups;
    for (;;) {
      const findings = new Map<Group, Finding>();
      for (const [group, observations] of await traffic.check(pending, rounds)) {
        const finding = judgeRule(group.rule, observations);
        if (finding === undefined) this.#saw(group);
        else findings.set(group, finding);
      }
      if (findings.size === 0 || clock.now() >= end) {
        for (const [group, finding] of findings) this.#options.observer?.judged(group, finding);
        return findings;
      }
      pending = new Set(findings.keys());
      await clock.sleep(pollMs);
    }
  }

  #saw(group: Group): void {
    this.#options.observer?.judged(group, undefined);
    for (const change of this.#changes) {
      if (change.group === group) change.seen ??= this.#options.clock.now();
    }
  }
}

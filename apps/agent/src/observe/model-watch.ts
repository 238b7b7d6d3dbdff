import { createMonitors, type Monitor, type TraceRecord } from '@limpet/checker';
import type { RuleStatus } from '@limpet/contract';
import { conditionOf } from '@limpet/operations';
import { type RuleStep, ruleId } from '@limpet/router';
import { createEntryModel, type EntryStep } from '@limpet/state-space/entry';
import type { AgentEvent } from './event-log.ts';

/** A step that the model does not allow. */
export type Violation = Extract<AgentEvent, { type: 'model-violated' }>;

/** More than an entry has: all of those that are possible are looked at. */
const MOST_STATES = 1000;

/** Violations that /healthz tells; the newest. */
const told = 10;

/**
 * Follows what the router does to each rule, by the statechart of its entry: the model that was checked watches what runs.
 * After a violation the rule is followed anew.
 */
export class ModelWatch {
  readonly #open: () => Monitor;
  readonly #monitors = new Map<string, Monitor>();
  readonly #violated: (violation: Violation) => void;
  readonly #violations: Violation[] = [];
  #steps = 0;
  /** By rule id, the number of its last step. */
  readonly #lastStep = new Map<string, number>();

  constructor(violated: (violation: Violation) => void) {
    const { model, view } = createEntryModel();
    this.#open = createMonitors(model, view);
    this.#violated = violated;
  }

  /** The newest violations. */
  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** The router tells what has happened to a rule. */
  step({ rule, step, generation }: RuleStep): void {
    this.#lastStep.set(rule, ++this.#steps);
    this.#follow(rule, generation, { event: step satisfies EntryStep });
    if (step !== 'gone') return;
    this.#monitors.delete(rule);
    this.#lastStep.delete(rule);
  }

  /**
   * The state of a rule's entry by what has happened to it; undefined while several are possible, and for a rule that is gone
   * or unknown.
   */
  stateOf(rule: string): string | undefined {
    const states = this.#monitors.get(rule)?.states(MOST_STATES) ?? [];
    const names = new Set(states.map(({ entry }) => entry));
    return names.size === 1 ? [...names][0] : undefined;
  }

  /**
   * The heartbeat: a rule of which the wanted version is reported as in force has to be so by what has happened to it.
   *
   * @param reporting resolves to what is reported now. A rule to which something happens meanwhile is left out
   * @param wanted what is wanted of each rule, by its id; asked once, since the answer is a copy of all rules
   */
  async look(
    reporting: Promise<readonly RuleStatus[]>,
    wanted: () => Readonly<Record<string, { readonly generation: number }>>,
  ): Promise<readonly RuleStatus[]> {
    const since = this.#steps;
    const statuses = await reporting;
    const rules = wanted();
    for (const status of statuses) {
      const rule = ruleId(status.key);
      const condition = conditionOf(status, 'InForce');
      const isCurrent =
        condition?.observedGeneration === rules[rule]?.generation && (this.#lastStep.get(rule) ?? 0) <= since;
      if (condition?.status !== 'True' || !isCurrent) continue;
      this.#follow(rule, condition.observedGeneration, { event: 'heartbeat', inForce: true });
    }
    return statuses;
  }

  #follow(rule: string, generation: number, record: TraceRecord): void {
    const monitor = this.#monitors.get(rule) ?? this.#open();
    this.#monitors.set(rule, monitor);
    const alarm = monitor.next(record);
    if (alarm === undefined) return;
    this.#monitors.delete(rule);
    const { reason, expected, states } = alarm;
    const violation: Violation = {
      ...{ type: 'model-violated', rule, generation, step: record.event, reason },
      ...{ expected: expected.events, states },
    };
    this.#violations.push(violation);
    if (this.#violations.length > told) this.#violations.shift();
    this.#violated(violation);
  }
}

/** A sentence about a violation. */
export const describeViolation = ({ rule, step, generation, expected }: Violation): string =>
  `${rule}: ${step} of generation ${generation} is not what the model allows (${expected.join(', ')}); please report it with the log`;

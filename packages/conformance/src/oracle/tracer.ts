/**
 * The trace of a run: an event for each step that is not a fault, and a heartbeat when nothing is under way. The router's
 * fields of a heartbeat are observed; the fields of the management side come from the model.
 *
 * @module
 */
import { type Alarm, createMonitor, HEARTBEAT, RESET, type TraceRecord } from '@limpet/checker';
import { ruleId } from '@limpet/router';
import { createView } from '@limpet/state-space';
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import type { TestModel } from '../model/test-model.ts';
import type { Difference } from './compare.ts';
import type { Observation } from './observe.ts';
import { expectedObservation, noObservation, type RuleObservation } from './rule-observation.ts';

/** What was observed at the last step that the router or a VM took part in. */
export interface LastObservation {
  readonly observed: Observation;
  readonly differences: readonly Difference[];
}

/** What clients, stick tables and the packet filter show that never may be. The model never allows it: any is an alarm. */
type Harm = 'tableLost' | 'clientsMoved' | 'disconnected' | 'acceptTwice';

/** Records the paths of one model, and has the checker's monitor follow them. */
export class Tracer {
  readonly #testModel: TestModel;
  readonly #view: ReturnType<typeof createView>;
  readonly #harmed = new Map<number, Set<Harm>>();
  readonly #monitor: ReturnType<typeof createMonitor>;
  #path: TraceRecord[] = [];
  /** The first record that no execution of the model explains. */
  alarm: Alarm | undefined;

  constructor(testModel: TestModel) {
    this.#testModel = testModel;
    this.#view = createView(testModel.model);
    this.#monitor = createMonitor(testModel.model, this.#view);
  }

  /** A path begins: nothing is there yet. */
  reset(): void {
    this.#path = [];
    this.#harmed.clear();
    this.#record({ event: RESET });
  }

  /** The trace of the path that is played, or was last. */
  get path(): readonly TraceRecord[] {
    return this.#path;
  }

  /** Records the step of an edge. @param seen - the last observation, and its differences from what was expected */
  took(edge: number, expected: ExpectedOutcome, seen: LastObservation | undefined): void {
    const { graph } = this.#testModel;
    const event = this.#view.eventOf(graph.labels[edge]!);
    if (event !== undefined) this.#record({ event });
    const ids = expected.rules.map(({ key }) => ruleId(key));
    // A difference that belongs to no rule, such as a line in the packet filter, counts for each rule.
    const found = ids.map((id) => (seen?.differences ?? []).filter(({ of }) => of === id || !ids.includes(of)));
    found.forEach((own, group) => {
      for (const harm of own.flatMap((one) => harmOf(one) ?? [])) this.#harm(group).add(harm);
    });
    const fields = this.#view.heartbeatOf(graph.states, graph.targets[edge]! * graph.words);
    if (fields === undefined || seen === undefined) return;
    const said = Object.fromEntries(this.#view.heartbeatFields.map((name, at) => [name, fields[at]!]));
    expected.rules.forEach(({ wanted }, group) => {
      const wantedObservation = wanted === undefined ? noObservation : expectedObservation(wanted.rule, expected.alive);
      said[`served-${group + 1}`] =
        found[group]!.every((one) => harmOf(one) !== undefined) &&
        serves(seen.observed.rules[ids[group]!] ?? noObservation, wantedObservation);
      said[`harm-${group + 1}`] = [...this.#harm(group)].sort().join('+') || 'none';
    });
    this.#record({ event: HEARTBEAT, ...said });
  }

  /** Harm to clients is never undone: the set of a rule only grows. */
  #harm(group: number): Set<Harm> {
    const harm = this.#harmed.get(group) ?? new Set();
    this.#harmed.set(group, harm);
    return harm;
  }

  #record(record: TraceRecord): void {
    this.#path.push(record);
    this.alarm ??= this.#monitor.next(record);
  }
}

/** The model's name for harm to clients; undefined when the difference harms no client that was there before. */
function harmOf({ check, observed }: Difference): Harm | undefined {
  if (check === 'held connection') return observed === 'it is closed' ? 'disconnected' : undefined;
  if (check === 'accepts') return observed.endsWith(' twice') ? 'acceptTwice' : undefined;
  return { 'stick table': 'tableLost', 'sticky client': 'clientsMoved' }[check] as Harm | undefined;
}

/** Whether everything that was observed of a rule is as wanted. */
function serves(seen: RuleObservation, wanted: RuleObservation): boolean {
  const names = Object.keys(seen) as (keyof RuleObservation)[];
  if (wanted === noObservation)
    return names.every((name) => String(seen[name] ?? '') === String(noObservation[name] ?? ''));
  return names.every((name) => wanted[name] === undefined || String(seen[name]) === String(wanted[name]));
}

/** One line: why the monitor rejects the trace, and at which record. */
export const describeAlarm = ({ record, reason }: Alarm): string => `${reason}: ${JSON.stringify(record)}`;

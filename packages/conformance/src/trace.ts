/**
 * The trace of a run: an event for each step that is no fault, and a heartbeat when nothing is under way. What the
 * heartbeat says of the router was observed; what it says of the management side is the management's.
 *
 * @module
 */
import { type Alarm, createMonitor, HEARTBEAT, type TraceRecord } from '@limpet/checker';
import { createView } from '@limpet/model';
import { ruleId } from '@limpet/router';
import type { Expected } from './expected.ts';
import { factsOf, noFacts, type RuleFacts } from './facts.ts';
import type { Observed } from './observe.ts';
import type { Ground } from './walk.ts';

/** Records the paths of one model, and has the checker's monitor follow them. */
export class Tracer {
  readonly #ground: Ground;
  readonly #view: ReturnType<typeof createView>;
  #monitor: ReturnType<typeof createMonitor>;
  alarm: Alarm | undefined;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#view = createView(ground.model);
    this.#monitor = createMonitor(ground.model, this.#view);
  }

  /** A path begins: nothing is there yet. */
  reset(): void {
    this.#monitor = createMonitor(this.#ground.model, this.#view);
  }

  /** The step of this edge was taken, and this was seen then. */
  took(edge: number, expected: Expected, observed: Observed | undefined): void {
    const { graph } = this.#ground;
    const event = this.#view.eventOf(graph.labels[edge]!);
    if (event !== undefined) this.#record({ event });
    const fields = this.#view.heartbeatOf(graph.states, graph.targets[edge]! * graph.words);
    if (fields === undefined || observed === undefined) return;
    const said = Object.fromEntries(this.#view.heartbeatFields.map((name, at) => [name, fields[at]!]));
    expected.rules.forEach((rule, group) => {
      const seen = observed.rules[ruleId(rule.key)] ?? noFacts;
      said[`served-${group + 1}`] = serves(
        seen,
        rule.wanted === undefined ? noFacts : factsOf(rule.wanted.rule, expected.alive),
      );
      said[`harm-${group + 1}`] = observed.twice.length > 0 ? 'acceptTwice' : 'none';
    });
    this.#record({ event: HEARTBEAT, ...said });
  }

  #record(record: TraceRecord): void {
    this.alarm ??= this.#monitor.next(record);
  }
}

/** What was looked at, and is wanted, is there. */
function serves(seen: RuleFacts, wanted: RuleFacts): boolean {
  const names = Object.keys(seen) as (keyof RuleFacts)[];
  if (wanted === noFacts) return names.every((name) => String(seen[name] ?? '') === String(noFacts[name] ?? ''));
  return names.every((name) => wanted[name] === undefined || String(seen[name]) === String(wanted[name]));
}

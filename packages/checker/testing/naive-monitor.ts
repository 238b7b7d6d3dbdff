import type { Model } from '../src/model.ts';
import { HEARTBEAT, type TraceRecord, type View } from '../src/monitor/view.ts';

/** The line at which no execution explains the trace any more: sets of states, nothing remembered. Of one-word models. */
export function firstUnexplained(model: Model, view: View, trace: readonly TraceRecord[]): number | undefined {
  let possible = closure(model, view, new Set(model.initial.map(([state]) => state!)));
  for (const [at, record] of trace.entries()) {
    const next = new Set<number>();
    for (const state of possible) {
      if (record.event === HEARTBEAT) {
        const fields = view.heartbeatOf(Uint32Array.of(state), 0);
        const fits = fields?.every((field, index) => record[view.heartbeatFields[index]!] === field);
        if (fits === true) next.add(state);
      } else {
        for (const [event, target] of steps(model, view, state)) if (event === record.event) next.add(target);
      }
    }
    if (next.size === 0) return at + 1;
    possible = closure(model, view, next);
  }
  return undefined;
}

function closure(model: Model, view: View, states: Set<number>): Set<number> {
  for (const state of states) {
    for (const [event, target] of steps(model, view, state)) if (event === undefined) states.add(target);
  }
  return states;
}

function steps(model: Model, view: View, state: number): [string | undefined, number][] {
  const out = {
    states: new Uint32Array(model.maxSuccessors),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  model.successors(Uint32Array.of(state), 0, out);
  return Array.from({ length: out.count }, (_, at) => [view.eventOf(out.labels[at]!), out.states[at]!]);
}

/**
 * The composition that runs, explored for one group, and what `limpet check` says of it.
 *
 * @module
 */
import { type CheckResult, type ExploreOptions, renderTrace, traceToJson } from '@limpet/checker';
import { BREAKING_EDITS, createCompositionModel, describeEdit } from '@limpet/state-space';
import { table } from '../output/format.ts';
import { type CompositionResult, counterexampleOf, judgeComposition } from './judge-composition.ts';

/** Most places for members: two take half a minute, three would take five. */
export const MOST_MEMBERS = 2;

/**
 * Explores the composition that runs, `createSystem` of one group and its router, and checks all properties of its states and steps,
 * liveness, and what has to stay possible. Groups meet on the router alone, and all properties are about one group.
 *
 * @param members - places for members, 1 or 2
 */
export function checkComposition(
  members: number,
  options: Pick<ExploreOptions, 'onProgress'> = {},
): Promise<CompositionResult> {
  return judgeComposition(createCompositionModel, members, options);
}

const number = (value: number): string => value.toLocaleString('en');

const edits = new Map(BREAKING_EDITS.map((one) => [one.property, describeEdit(one)]));
/** The edit of the model that breaks what has this name, as a test shows: what holds here can fail. */
const brokenBy = (name: string): string => edits.get(name)!;

/** The result for scripts. */
export function compositionSummary({ all, withoutLosses, possibilities }: CompositionResult) {
  const { states, transitions, seconds, bytesPerState } = all.exploration;
  const found = counterexampleOf({ all, withoutLosses, possibilities });
  const run = found ? traceToJson(found.model, found.trace) : null;
  return {
    states,
    transitions,
    seconds,
    bytesPerState,
    invariants: all.invariants.map(({ name, holds }) => ({ name, holds, brokenBy: brokenBy(name) })),
    possibilities: possibilities.map(({ name, holds }) => ({ name, holds, brokenBy: brokenBy(name) })),
    liveness: { holds: all.liveness?.holds ?? null, brokenBy: brokenBy('liveness') },
    withoutLosses: {
      states: withoutLosses.exploration.states,
      holds: withoutLosses.holds,
      bound: withoutLosses.liveness?.bound ?? null,
      brokenBy: brokenBy('without time-outs: liveness'),
    },
    counterexample: run && { property: found!.property, length: run.length, steps: run.steps },
  };
}

/** The result for people. */
export function compositionReport(result: CompositionResult, columns: number): string {
  const { all, withoutLosses, possibilities } = result;
  const { model, states, transitions, depth, seconds, bytesPerState } = all.exploration;
  const verdict = (holds: boolean): string => (holds ? 'holds' : 'DOES NOT HOLD');
  const parts = [
    `${model.name}: ${number(states)} states, ${number(transitions)} transitions, depth ${depth}, up to symmetry of members\n` +
      `${seconds.toFixed(2)} s on 1 thread, ${bytesPerState.toFixed(1)} bytes a state\n`,
    table(
      ['', 'property', 'an edit of the model that breaks it', 'sentence'],
      [...all.invariants, ...possibilities].map(({ name, sentence, holds }) => [
        verdict(holds),
        name,
        brokenBy(name),
        sentence,
      ]),
    ),
    `liveness ${verdict(all.liveness?.holds === true)}: ${livenessSentence(all)}; broken by ${brokenBy('liveness')}\n` +
      `without time-outs ${verdict(withoutLosses.liveness?.holds === true)}: ${boundSentence(withoutLosses)}; ` +
      `broken by ${brokenBy('without time-outs: liveness')}\n`,
  ];
  const counterexample = counterexampleOf(result);
  if (counterexample) {
    const { property, trace, model: of } = counterexample;
    parts.push(
      `${property}: ${trace.labels.length} steps, and there is no shorter run\n\n` +
        renderTrace(of, trace, { width: columns }),
    );
  }
  return parts.join('\n');
}

function livenessSentence({ liveness }: CheckResult): string {
  if (liveness?.holds) return 'faults stopped and under strong fairness, every accepted change is in force in the end';
  return 'faults stopped, some accepted change is never in force';
}

function boundSentence({ liveness, exploration }: CheckResult): string {
  const { states } = exploration;
  return liveness?.holds
    ? `where no message is lost (${number(states)} states), all is in force within ${liveness.bound} steps of the system, and no time-out is needed`
    : `where no message is lost (${number(states)} states), something waits for a time-out, or for ever`;
}

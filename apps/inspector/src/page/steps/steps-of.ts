import type { Message } from '@limpet/inspection';

/** A step of a path, and the messages that belong to it. */
export interface PathStep {
  /** From 1. */
  number: number;
  lane: string;
  text: string;
  changed: Readonly<Record<string, string>>;
  /** The indices of its first and its last message; after the last one is the moment after the step. */
  start: number;
  end: number;
}

/** The steps of a run, in order. */
export function stepsOf(messages: readonly Message[]): PathStep[] {
  const steps: PathStep[] = [];
  messages.forEach((message, index) => {
    if (message.kind === 'step') {
      const { lane, text, changed } = message;
      steps.push({ number: steps.length + 1, lane, text, changed, start: index, end: index });
    } else if (steps.length > 0) steps.at(-1)!.end = index;
  });
  return steps;
}

/** By the number in the name, so that what belongs to a group stands together; without a number first. */
export function byPlace(one: string, other: string): number {
  const number = (lane: string): number => Number(/\d+/.exec(lane)?.[0] ?? 0);
  return number(one) - number(other) || KINDS.indexOf(kindOf(one)) - KINDS.indexOf(kindOf(other));
}

const KINDS = ['router', 'group', 'members', 'member', 'rule', 'link', 'entry'];
const kindOf = (lane: string): string => lane.split(' ')[0]!;

/** All lanes after a step, and whether it changed them; 0 is before the first. */
export function lanesAfter(
  initial: Readonly<Record<string, string>>,
  steps: readonly PathStep[],
  number: number,
): { lane: string; before: string; now: string; changed: boolean }[] {
  const names = new Set([...Object.keys(initial), ...steps.flatMap(({ changed }) => Object.keys(changed))]);
  const at = (upTo: number, lane: string): string =>
    steps.slice(0, upTo).findLast(({ changed }) => lane in changed)?.changed[lane] ?? initial[lane] ?? '';
  return [...names].sort(byPlace).map((lane) => {
    const [before, now] = [at(Math.max(0, number - 1), lane), at(number, lane)];
    return { lane, before, now, changed: number > 0 && lane in steps[number - 1]!.changed };
  });
}

/**
 * The steps of the router itself, each a run of `createSystem`, and what each does to every cell.
 *
 * @module
 */
import { PARTS, type RouterEvent, type SystemEvent } from '@limpet/model';
import { lose, type StepKind, type StepLabel, settle } from './cell-steps.ts';
import type { At, Runner } from './runner.ts';

/** A step of the router, from one of its states to another; it moves all cells at once. */
export interface RouterStep {
  readonly label: StepLabel;
  readonly from: string;
  readonly to: string;
  /** What it does to a cell. */
  move(runner: Runner, at: At): At;
}

/** Router states, in the order of their codes. */
export const ROUTER_STATES = ['absent', 'starting', 'running', 'unreachable', 'stopped'] as const;

const EVENTS: readonly (readonly [RouterEvent['type'], StepKind, string])[] = [
  ['deploy', 'system', 'the router is deployed'],
  ['started', 'system', 'the router has started, and is sent all rules'],
  ['startFailed', 'fault', 'the router does not start'],
  ['stop', 'environment', 'a user stops the router'],
  ['start', 'system', 'the router is started'],
  ['reboot', 'environment', 'a user reboots the router'],
  ['lost', 'fault', 'the router is out of reach'],
  ['recovered', 'system', 'the router is in reach again, and reports its rules'],
  ['destroy', 'environment', 'a user destroys the router'],
];

/** All steps of the router, by the state from which they go, in the order of `ROUTER_STATES`. */
export const ROUTER_STEPS: readonly RouterStep[] = ROUTER_STATES.flatMap((from): RouterStep[] => {
  const crash: RouterStep = {
    label: { lane: 'router', kind: 'fault', text: 'the agent crashes and restarts' },
    from,
    to: from,
    move: (runner, at) => settle(runner, lose(runner, at, 'answer')),
  };
  const moves = EVENTS.flatMap(([event, kind, text]): RouterStep[] => {
    const to = PARTS.router.edge({ value: from, context: {} }, event)?.next.value;
    if (to === undefined || to === from) return [];
    return [{ label: { lane: 'router', kind, text }, from, to, move: (runner, at) => moved(runner, at, event) }];
  });
  return from === 'running' ? [...moves, crash] : moves;
});

function moved(runner: Runner, at: At, event: RouterEvent['type']): At {
  const next = runner.take(at, { to: 'router', event });
  if (next === undefined) throw new RangeError(`the router does not take ${event}`);
  switch (event) {
    case 'lost':
      // Nothing is in flight to or from a router that does not answer.
      return settle(runner, lose(runner, lose(runner, next, 'command'), 'answer'));
    case 'recovered':
      return settle(runner, answered(runner, next));
    default:
      return settle(runner, next);
  }
}

/** The router is asked, and answers at once. */
function answered(runner: Runner, at: At): At {
  const deliver = (message: 'report' | 'answer'): SystemEvent => ({ to: 'link', group: 0, message, event: 'deliver' });
  const asked = runner.takeAny(at, deliver('report'));
  return runner.takeAny(asked, deliver('answer'));
}

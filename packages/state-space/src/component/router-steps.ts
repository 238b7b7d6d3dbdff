/**
 * The steps of the router itself, and what each does to every cell.
 *
 * @module
 */
import type { RouterEvent, RuleEvent } from '@limpet/model';
import { ENTRY_ROUTES } from '@limpet/model';
import { type Cell, MACHINES } from './cell.ts';
import { answerLost, type StepKind, type StepLabel } from './cell-steps.ts';
import { hearEntry, react, type Surroundings } from './reaction.ts';

/** A step of the router, from one of its states to another; it moves all cells at once. */
export interface RouterStep {
  readonly label: StepLabel;
  readonly from: string;
  readonly to: string;
  /** What it does to a cell. */
  move(cell: Cell): Cell;
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
export function routerSteps(bug: Surroundings['bug']): RouterStep[] {
  return ROUTER_STATES.flatMap((from): RouterStep[] => {
    const crash: RouterStep = {
      label: { lane: 'router', kind: 'fault', text: 'the agent crashes and restarts' },
      from,
      to: from,
      move: (cell) => answerLost(cell, { router: from, bug }),
    };
    const moves = EVENTS.flatMap(([event, kind, text]): RouterStep[] => {
      const edge = MACHINES.router.edge({ value: from, context: {} }, event);
      if (edge === undefined || edge.actions.includes('success')) return [];
      const around = { router: edge.next.value, bug };
      return [
        {
          label: { lane: 'router', kind, text },
          from,
          to: edge.next.value,
          move: (cell) =>
            edge.actions.reduce((next, action) => hearRouter(next, action, around), breakOff(cell, event, around)),
        },
      ];
    });
    return from === 'running' ? [...moves, crash] : moves;
  });
}

/** Nothing is in flight to or from a router that does not answer. */
function breakOff(cell: Cell, event: RouterEvent['type'], around: Surroundings): Cell {
  return event === 'lost' ? answerLost(cell, around) : cell;
}

function hearRouter(cell: Cell, action: string, around: Surroundings): Cell {
  switch (action) {
    case 'halt':
      return sendLater(
        tellRule(answerLost(hearEntry(cell, ENTRY_ROUTES.halt).cell, around), 'routerDown', around),
        around,
      );
    case 'wipe': {
      const wiped: Cell = { ...hearEntry(cell, ENTRY_ROUTES.wipe).cell, answer: undefined, live: 'none' };
      return sendLater(tellRule(wiped, 'routerDestroyed', around), around);
    }
    case 'syncRules':
      return sendLater(cell, around);
    case 'reportRules':
      return report(cell, around);
    default:
      throw new RangeError(`the router's action ${action} has no handler in the composition for checking`);
  }
}

/** Every rule there is goes into the full set that a router gets when it starts: all wait from the moment it went down. */
function sendLater(cell: Cell, around: Surroundings): Cell {
  return cell.queued ? cell : tellRule(cell, 'resend', around);
}

/** What is under way will be answered anyway. */
function report(cell: Cell, around: Surroundings): Cell {
  if (cell.queued) return cell;
  const { cell: asked, answer } = hearEntry(cell, 'report');
  return answer === undefined ? asked : tellRule(asked, answer, around);
}

function tellRule(cell: Cell, event: RuleEvent['type'], around: Surroundings): Cell {
  return react(cell, { to: 'rule', event }, around) ?? cell;
}

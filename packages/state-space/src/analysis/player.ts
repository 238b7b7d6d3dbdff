/**
 * Plays runs of the model for checking on the statecharts, to show that what the tables say can be done.
 *
 * @module
 */
import type { Cell } from '../component/cell.ts';
import { type CellStep, cellSteps, type StepLabel } from '../component/cell-steps.ts';
import { ROUTER_STEPS } from '../component/router-steps.ts';
import type { At } from '../component/runner.ts';
import type { CheckModel } from '../transition-system/check-model.ts';

/** Where a player stands: nothing is merged here, as it is in a packed state. */
export interface Position {
  readonly router: string;
  readonly cells: readonly Cell[];
}

/** The machines of all groups and of the router, as XState moves them. */
export interface Player {
  position(): Position;
  /** Back to where nothing is. */
  reset(): void;
  /**
   * Takes the step of this label that leads to the packed state at `states[at ..]`.
   *
   * @returns false, and stays, when the machines cannot.
   */
  take(label: number, states: Uint32Array, at: number): boolean;
}

/**
 * Plays on whole cells: nothing is merged, and every move of a machine is XState's own answer. The packed state of each
 * step is found again from the cells after it.
 *
 * @param model - without a bug and without symmetry
 */
export function createPlayer(model: CheckModel): Player {
  const { compiled, layout, addressesMove, certificatesGo } = model;
  const groups = layout.wordOf.length;
  const { enumeration, blockOf, base } = compiled;
  const { runner } = enumeration;
  const remembered = new Map<string, CellStep[]>();
  let cells: At[] = [];

  const routerNow = (): string => runner.sideOf(cells[0]!).router;
  const stepsOf = (at: At): CellStep[] => {
    const key = `${at.side} ${at.channel}`;
    const steps =
      remembered.get(key) ?? cellSteps(at, { runner, bug: undefined, folded: false, addressesMove, certificatesGo });
    remembered.set(key, steps);
    return steps;
  };
  const isWhole = (next: readonly At[], states: Uint32Array, at: number): boolean => {
    const router = layout.router(states, at);
    return next.every((cell, i) => {
      const node = enumeration.nodeOf(cell);
      return node !== undefined && blockOf[node] === base[router]! + layout.cell(states, at, i);
    });
  };

  return {
    position: () => ({ router: routerNow(), cells: cells.map((at) => runner.cellOf(at)) }),
    reset: () => {
      cells = Array.from({ length: groups }, () => runner.initial);
    },
    take: (label, states, at) => {
      const wanted = compiled.labels[Math.floor(label / groups)]!;
      const actor = label % groups;
      const router = routerNow();
      const candidates: At[][] = [];
      for (const step of ROUTER_STEPS)
        if (step.from === router && isSame(step.label, wanted))
          candidates.push(cells.map((cell) => step.move(runner, cell)));
      const othersAreBusy = cells.some((cell, i) => i !== actor && runner.cellOf(cell).inFlight.answer !== undefined);
      for (const step of stepsOf(cells[actor]!))
        if (isSame(step.label, wanted) && (step.needs.mask === 0 || !othersAreBusy))
          candidates.push(cells.with(actor, step.next));
      const found = candidates.find((next) => isWhole(next, states, at));
      if (found === undefined) return false;
      cells = found;
      return true;
    },
  };
}

function isSame(one: StepLabel, other: StepLabel): boolean {
  return one.lane === other.lane && one.kind === other.kind && one.text === other.text;
}

/**
 * Plays runs of the model for checking on the statecharts, to show that what the tables say can be done.
 *
 * @module
 */
import { type Cell, cellKey, emptyCell, withoutKind } from '../component/cell.ts';
import { type CellStep, cellSteps, type StepLabel } from '../component/cell-steps.ts';
import { ROUTER_STATES, routerSteps } from '../component/router-steps.ts';
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
  const { compiled, layout } = model;
  const groups = layout.wordOf.length;
  const { nodes } = compiled.enumeration;
  const members = nodes[0]!.cell.members.length;
  const ofRouter = routerSteps(undefined);
  const blocks = new Map(
    nodes.map(({ cell, router }, node) => [`${ROUTER_STATES[router]} ${cellKey(cell)}`, compiled.blockOf[node]!]),
  );
  const remembered = new Map<string, CellStep[]>();
  let router: string = ROUTER_STATES[0];
  let cells: Cell[] = [];

  const stepsOf = (cell: Cell): CellStep[] => {
    const key = `${router} ${cellKey(cell)}`;
    const steps = remembered.get(key) ?? cellSteps(cell, { router, bug: undefined }, false);
    remembered.set(key, steps);
    return steps;
  };
  const isAt = (cell: Cell, after: string, states: Uint32Array, at: number, i: number): boolean => {
    const block = blocks.get(`${after} ${cellKey(withoutKind(cell))}`);
    return block === compiled.base[layout.router(states, at)]! + layout.cell(states, at, i);
  };
  const isWhole = (next: readonly Cell[], after: string, states: Uint32Array, at: number): boolean =>
    ROUTER_STATES[layout.router(states, at)] === after && next.every((cell, i) => isAt(cell, after, states, at, i));

  return {
    position: () => ({ router, cells }),
    reset: () => {
      router = ROUTER_STATES[0];
      cells = Array.from({ length: groups }, () => emptyCell(members));
    },
    take: (label, states, at) => {
      const wanted = compiled.labels[Math.floor(label / groups)]!;
      const actor = label % groups;
      const candidates: { next: Cell[]; after: string }[] = [];
      for (const step of ofRouter)
        if (step.from === router && isSame(step.label, wanted))
          candidates.push({ next: cells.map((cell) => step.move(cell)), after: step.to });
      const othersAreBusy = cells.some((cell, i) => i !== actor && cell.answer !== undefined);
      for (const step of stepsOf(cells[actor]!))
        if (isSame(step.label, wanted) && (step.needs.mask === 0 || !othersAreBusy))
          candidates.push({ next: cells.with(actor, step.next), after: router });
      const found = candidates.find(({ next, after }) => isWhole(next, after, states, at));
      if (found === undefined) return false;
      cells = found.next;
      router = found.after;
      return true;
    },
  };
}

function isSame(one: StepLabel, other: StepLabel): boolean {
  return one.lane === other.lane && one.kind === other.kind && one.text === other.text;
}

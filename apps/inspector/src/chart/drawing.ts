import type { MachineDescription } from '@limpet/inspection';
import { type Arrow, arrange } from './arrange.ts';
import { type Hierarchy, hierarchyOf } from './hierarchy.ts';
import { linesSize, PADDING, ROW_PADDING } from './metrics.ts';
import { type Row, type StateBox, stateBox } from './state-box.ts';
import { wrap } from './tokens.ts';
import { arrowTokens } from './transition-tokens.ts';

/** What is written on an arrow, a row for each transition, and how much room it takes. */
export interface ArrowLabel {
  readonly arrow: Arrow;
  readonly rows: readonly (Row & { readonly transition: string })[];
  readonly width: number;
  readonly height: number;
}

/** A machine as boxes and arrows, without a place yet. */
export interface Drawing {
  readonly hierarchy: Hierarchy;
  /** By state. */
  readonly boxes: ReadonlyMap<string, StateBox>;
  readonly labels: readonly ArrowLabel[];
}

/** Characters in a line on an arrow. */
const LABEL_WIDTH = 30;

/** Writes all boxes and arrows of a machine. */
export function drawingOf(machine: MachineDescription): Drawing {
  const hierarchy = hierarchyOf(machine);
  const { arrows, inside } = arrange(machine, hierarchy);
  return {
    hierarchy,
    boxes: new Map(machine.states.map((state) => [state.id, stateBox(state, inside.get(state.id) ?? [], hierarchy)])),
    labels: arrows.map((arrow) => {
      const rows = arrow.transitions.map((transition) => ({
        transition: transition.id,
        lines: wrap(arrowTokens(transition, arrow, hierarchy), LABEL_WIDTH),
      }));
      const sizes = rows.map(({ lines }) => linesSize(lines));
      return {
        arrow,
        rows,
        width: Math.max(...sizes.map(({ width }) => width)) + PADDING,
        height: sizes.reduce((sum, { height }) => sum + height + 2 * ROW_PADDING, 0),
      };
    }),
  };
}

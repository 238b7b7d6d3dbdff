import type { MachineDescription } from '@limpet/inspection';
import { type Drawing, drawingOf } from '../../chart/drawing.ts';
import { type Engine, type LaidOut, layOut } from '../../chart/lay-out.ts';
import type { Direction } from '../../chart/layout.ts';
import { findLayout, type ReadyLayouts } from '../../chart/ready-layouts.ts';

/** A machine, drawn and laid out. */
export interface Chart extends LaidOut {
  machine: MachineDescription;
  drawing: Drawing;
}

/** Gives a chart, at once if nobody has to be asked for its layout. */
export type Layouts = (machine: MachineDescription, direction: Direction) => Chart | Promise<Chart>;

/**
 * Lays out each machine once for each direction, whoever asks and however many instances there are.
 *
 * @param engine asked for the layouts that are not ready
 */
export function createLayoutCache(engine: Engine, ready: ReadyLayouts): Layouts {
  const charts = new WeakMap<MachineDescription, Map<Direction, Chart | Promise<Chart>>>();
  const chartOf = (machine: MachineDescription, direction: Direction): Chart | Promise<Chart> => {
    const drawing = drawingOf(machine);
    const layout = findLayout(ready, drawing, direction);
    if (layout !== undefined) return { machine, drawing, layout };
    return layOut(drawing, direction, engine).then((laidOut) => ({ machine, drawing, ...laidOut }));
  };
  return (machine, direction) => {
    const own = charts.get(machine) ?? new Map<Direction, Chart | Promise<Chart>>();
    charts.set(machine, own);
    const chart = own.get(direction) ?? chartOf(machine, direction);
    own.set(direction, chart);
    return chart;
  };
}

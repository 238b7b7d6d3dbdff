import type { MachineDescription } from '@limpet/inspection';
import { type Drawing, drawingOf } from '../../chart/drawing.ts';
import { type Engine, type LaidOut, layOut } from '../../chart/lay-out.ts';
import type { Direction } from '../../chart/layout.ts';

/** A machine, drawn and laid out. */
export interface Chart extends LaidOut {
  machine: MachineDescription;
  drawing: Drawing;
}

/** Lays out each machine once for each direction, whoever asks and however many instances there are. */
export function createLayoutCache(engine: Engine) {
  const charts = new WeakMap<MachineDescription, Map<Direction, Promise<Chart>>>();
  return (machine: MachineDescription, direction: Direction): Promise<Chart> => {
    const own = charts.get(machine) ?? new Map<Direction, Promise<Chart>>();
    charts.set(machine, own);
    const drawing = drawingOf(machine);
    const chart =
      own.get(direction) ?? layOut(drawing, direction, engine).then((laidOut) => ({ machine, drawing, ...laidOut }));
    own.set(direction, chart);
    return chart;
  };
}

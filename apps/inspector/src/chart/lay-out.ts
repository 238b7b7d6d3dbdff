import type { ElkNode } from 'elkjs/lib/elk-api';
import type { Drawing } from './drawing.ts';
import { elkGraph } from './elk-graph.ts';
import { gridLayout } from './grid-layout.ts';
import type { Direction, Layout } from './layout.ts';
import { readElk } from './read-elk.ts';

/** What lays graphs out: ELK in a worker, or in a test. */
export type Engine = (graph: ElkNode) => Promise<ElkNode>;

/** A layout, and what had to give way for it. */
export interface LaidOut {
  layout: Layout;
  /** Undefined when ELK did what it was asked. */
  trouble?: string;
}

/**
 * Lays a drawing out. ELK throws on some graphs ("Invalid hitboxes for scanline constraint calculation",
 * statelyai/xstate-viz#288): then it is asked for less, and at last the boxes are put in rows. There is always a chart.
 */
export async function layOut(drawing: Drawing, direction: Direction, engine: Engine): Promise<LaidOut> {
  const troubles: string[] = [];
  for (const effort of ['full', 'plain'] as const) {
    try {
      const layout = readElk(await engine(elkGraph(drawing, direction, effort)), drawing);
      return troubles.length === 0 ? { layout } : { layout, trouble: `a plain layout: ${troubles[0]}` };
    } catch (error) {
      troubles.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { layout: gridLayout(drawing), trouble: `boxes in rows, as the layout failed: ${troubles[0]}` };
}

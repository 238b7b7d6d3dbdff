/**
 * Layouts that are made before a page is opened: those of Limpet's own machines come with the page, which then needs no ELK.
 *
 * @module
 */
import type { MachineDescription } from '@limpet/inspection';
import type { ElkNode } from 'elkjs/lib/elk-api';
import { type Drawing, drawingOf } from './drawing.ts';
import { elkGraph } from './elk-graph.ts';
import { type Engine, layOut } from './lay-out.ts';
import type { Box, Direction, Layout, Point } from './layout.ts';

/** A layout as JSON. */
export interface ReadyLayout extends Pick<Layout, 'width' | 'height'> {
  readonly states: Readonly<Record<string, Box>>;
  readonly arrows: Readonly<Record<string, { readonly points: readonly Point[]; readonly label: Box }>>;
  readonly initials: Readonly<Record<string, readonly Point[]>>;
}

/** Layouts by what ELK was asked for. A machine that is drawn otherwise asks for something else, and finds none. */
export type ReadyLayouts = Readonly<Record<string, ReadyLayout>>;

const DIRECTIONS: readonly Direction[] = ['RIGHT', 'DOWN'];

/** Lays machines out, in both directions. A layout for which something had to give way is left out: the page says what it was. */
export async function readyLayouts(machines: readonly MachineDescription[], engine: Engine): Promise<ReadyLayouts> {
  const ready: Record<string, ReadyLayout> = {};
  for (const drawing of machines.map(drawingOf))
    for (const direction of DIRECTIONS) {
      const { layout, trouble } = await layOut(drawing, direction, engine);
      if (trouble === undefined) ready[questionOf(drawing, direction)] = toJson(layout);
    }
  return ready;
}

/** The layout of a drawing, if it was made before. */
export function findLayout(ready: ReadyLayouts, drawing: Drawing, direction: Direction): Layout | undefined {
  const question = questionOf(drawing, direction);
  return Object.hasOwn(ready, question) ? fromJson(ready[question]!) : undefined;
}

const questionOf = (drawing: Drawing, direction: Direction): string => digest(elkGraph(drawing, direction, 'full'));

/** FNV-1a of a graph, and its length: a page that does not come over TLS has no `crypto.subtle`. */
function digest(graph: ElkNode): string {
  const text = JSON.stringify(graph);
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${text.length}-${(hash >>> 0).toString(16)}`;
}

function toJson({ states, arrows, initials, ...size }: Layout): ReadyLayout {
  return {
    ...size,
    states: Object.fromEntries(states),
    arrows: Object.fromEntries(arrows),
    initials: Object.fromEntries(initials),
  };
}

function fromJson({ states, arrows, initials, ...size }: ReadyLayout): Layout {
  return {
    ...size,
    states: new Map(Object.entries(states)),
    arrows: new Map(Object.entries(arrows)),
    initials: new Map(Object.entries(initials)),
  };
}

import type { Drawing } from './drawing.ts';
import type { Box, Layout, Point } from './layout.ts';
import { NAME_HEIGHT } from './metrics.ts';

const GAP = 36;

/**
 * A layout that always works, for when ELK does not: the children of each state in rows, arrows as straight lines, what is
 * written on them in a column of its own below. Not pretty, but everything is there.
 */
export function gridLayout({ hierarchy, boxes, labels }: Drawing): Layout {
  const states = new Map<string, Box>();
  const initials = new Map<string, readonly Point[]>();

  /** Places a state at a corner; returns its size. */
  const place = (id: string, x: number, y: number): { width: number; height: number } => {
    const box = boxes.get(id)!;
    const children = hierarchy.children(id);
    const columns = Math.ceil(Math.sqrt(children.length));
    let [width, height] = [box.width, box.height];
    let [left, top, lowest] = [x + GAP, y + Math.max(box.height, NAME_HEIGHT) + GAP, 0];
    children.forEach((child, at) => {
      if (at > 0 && at % columns === 0) [left, top, lowest] = [x + GAP, top + lowest + GAP, 0];
      const size = place(child.id, left, top);
      left += size.width + GAP;
      lowest = Math.max(lowest, size.height);
      width = Math.max(width, left - x);
      height = Math.max(height, top + lowest + GAP - y);
    });
    states.set(id, { x, y, width, height });
    const { initial } = hierarchy.state(id);
    const first = initial === undefined ? undefined : states.get(initial);
    if (first !== undefined)
      initials.set(id, [
        { x: first.x - GAP / 2, y: first.y + 14 },
        { x: first.x, y: first.y + 14 },
      ]);
    return { width, height };
  };

  const size = place(hierarchy.root.id, 0, 0);
  const center = (id: string): Point => {
    const { x, y, width, height } = states.get(id)!;
    return { x: x + width / 2, y: y + height / 2 };
  };
  let below = size.height + GAP;
  const arrows = new Map(
    labels.map(({ arrow, width, height }) => {
      const [from, to] = [center(arrow.source), center(arrow.target)];
      const label = { x: 0, y: below, width, height };
      below += height + 6;
      return [
        arrow.id,
        { points: [clip(from, to, states.get(arrow.source)!), clip(to, from, states.get(arrow.target)!)], label },
      ];
    }),
  );
  return { width: Math.max(size.width, ...labels.map(({ width }) => width)), height: below, states, initials, arrows };
}

/** Where the line from the middle of a box to a point outside leaves the box. */
function clip(middle: Point, to: Point, { width, height }: Box): Point {
  const [dx, dy] = [to.x - middle.x, to.y - middle.y];
  const scale = Math.min(1, width / 2 / Math.abs(dx || 1e-9), height / 2 / Math.abs(dy || 1e-9));
  return { x: middle.x + dx * scale, y: middle.y + dy * scale };
}

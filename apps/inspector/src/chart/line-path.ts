import type { Point } from './layout.ts';

/** A line through these points as an SVG path, its corners rounded. */
export function linePath(points: readonly Point[], radius = 7): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = rest.map((point, at) => {
    const next = rest[at + 1];
    const before = at === 0 ? first : rest[at - 1]!;
    if (next === undefined) return `L${at2(point)}`;
    const [into, out] = [towards(point, before, radius), towards(point, next, radius)];
    return `L${at2(into)}Q${at2(point)} ${at2(out)}`;
  });
  return `M${at2(first)}${parts.join('')}`;
}

/** The head of an arrow that ends where the line ends, as an SVG path. */
export function arrowHead(points: readonly Point[], size = 7): string {
  const tip = points.at(-1)!;
  const from = points.findLast(({ x, y }) => Math.hypot(tip.x - x, tip.y - y) > 0.5) ?? tip;
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const corner = (turn: number): Point => ({
    x: tip.x - size * Math.cos(angle + turn),
    y: tip.y - size * Math.sin(angle + turn),
  });
  return `M${at2(tip)}L${at2(corner(0.45))}L${at2(corner(-0.45))}Z`;
}

function towards(from: Point, to: Point, most: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(most, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

const at2 = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
const round = (value: number): number => Math.round(value * 10) / 10;

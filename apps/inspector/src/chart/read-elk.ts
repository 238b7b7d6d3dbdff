import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api';
import type { Drawing } from './drawing.ts';
import { initialId } from './elk-graph.ts';
import type { Box, Layout, Point } from './layout.ts';

/** The layout in ELK's answer, whose coordinates are those of the whole chart. @throws TypeError when something has no place */
export function readElk(answer: ElkNode, { labels }: Drawing): Layout {
  const nodes = new Map<string, ElkNode>();
  const edges = new Map<string, ElkExtendedEdge>();
  const collect = (node: ElkNode): void => {
    nodes.set(node.id, node);
    for (const edge of node.edges ?? []) edges.set(edge.id, edge);
    node.children?.forEach(collect);
  };
  collect(answer);

  const states = new Map<string, Box>();
  const initials = new Map<string, readonly Point[]>();
  for (const [id, node] of nodes) {
    if (id === answer.id) continue;
    const dot = edges.get(`${initialId(id)}>`);
    if (dot !== undefined) initials.set(id, pointsOf(dot));
    if (!id.endsWith('#initial')) states.set(id, boxOf(node));
  }
  return {
    width: answer.width ?? 0,
    height: answer.height ?? 0,
    states,
    initials,
    arrows: new Map(
      labels.map(({ arrow }) => {
        const edge = edges.get(arrow.id)!;
        return [arrow.id, { points: pointsOf(edge), label: boxOf(edge.labels![0]!) }];
      }),
    ),
  };
}

function boxOf({ x, y, width, height }: Partial<Box>): Box {
  if (x === undefined || y === undefined || width === undefined || height === undefined)
    throw new TypeError('ELK left something without a place');
  return { x, y, width, height };
}

function pointsOf({ id, sections }: ElkExtendedEdge): Point[] {
  if (sections === undefined || sections.length === 0) throw new TypeError(`ELK left ${id} without a line`);
  return sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]);
}

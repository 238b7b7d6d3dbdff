/**
 * A drawing as a graph for ELK. Every compound state is laid out for itself and arrows stay in one container: ELK's layout of
 * the whole hierarchy at once makes one long strip.
 *
 * @module
 */
import type { StateDescription } from '@limpet/inspection';
import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk-api';
import type { ArrowLabel, Drawing } from './drawing.ts';
import type { Direction } from './layout.ts';
import { NAME_HEIGHT } from './metrics.ts';

/** The id of the dot from which the arrow to the initial state comes. */
export const initialId = (compound: string): string => `${compound}#initial`;

/** How ELK is asked: `plain` leaves out what ELK is known to fail at (statelyai/xstate-viz#288). */
export type Effort = 'full' | 'plain';

/** The graph of a drawing. */
export function elkGraph(drawing: Drawing, direction: Direction, effort: Effort): ElkNode {
  const { hierarchy, labels } = drawing;
  const byContainer = Map.groupBy(labels, ({ arrow }) => arrow.container);

  const node = (state: StateDescription): ElkNode => {
    const box = drawing.boxes.get(state.id)!;
    const children = hierarchy.children(state.id);
    if (children.length === 0) return { id: state.id, width: box.width, height: box.height };
    const edges = (byContainer.get(state.id) ?? []).map(edge);
    const dot: ElkNode[] =
      state.initial === undefined ? [] : [{ id: initialId(state.id), width: 10, height: 10, layoutOptions: FIRST }];
    const packed = state.type === 'parallel' && edges.length === 0;
    return {
      id: state.id,
      layoutOptions: {
        ...(packed ? PACKED : layered(direction, effort)),
        'elk.padding': `[top=${Math.max(box.height, NAME_HEIGHT) + 14},left=18,bottom=18,right=18]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${box.width}, ${box.height})`,
      },
      children: [...dot, ...children.map(node)],
      edges: [...edges, ...initialEdge(state)],
    };
  };

  return {
    id: '#chart',
    layoutOptions: {
      ...layered(direction, effort),
      'org.eclipse.elk.json.edgeCoords': 'ROOT',
      'org.eclipse.elk.json.shapeCoords': 'ROOT',
      'elk.padding': '[top=4,left=4,bottom=4,right=4]',
    },
    children: [node(hierarchy.root)],
  };
}

function edge({ arrow, width, height }: ArrowLabel): ElkExtendedEdge {
  return {
    id: arrow.id,
    sources: [arrow.source],
    targets: [arrow.target],
    labels: [{ id: `${arrow.id}#label`, text: arrow.id, width, height, layoutOptions: INLINE }],
  };
}

/** The initial state may lie deeper than the children: then the arrow leads to the child that it is in. */
function initialEdge({ id, initial }: StateDescription): ElkExtendedEdge[] {
  return initial === undefined ? [] : [{ id: `${initialId(id)}>`, sources: [initialId(id)], targets: [initial] }];
}

/** The line goes through its label, which covers it. */
const INLINE: LayoutOptions = { 'elk.edgeLabels.inline': 'true' };

const FIRST: LayoutOptions = { 'elk.layered.layering.layerConstraint': 'FIRST' };

const PACKED: LayoutOptions = {
  'elk.algorithm': 'rectpacking',
  'elk.spacing.nodeNode': '18',
  'elk.aspectRatio': '1.6',
};

function layered(direction: Direction, effort: Effort): LayoutOptions {
  const common = {
    'elk.algorithm': 'layered',
    'elk.direction': direction,
    'elk.spacing.nodeNode': '30',
    'elk.spacing.edgeNode': '18',
    'elk.spacing.edgeEdge': '14',
    'elk.spacing.edgeLabel': '6',
    'elk.spacing.labelLabel': '8',
    'elk.layered.spacing.nodeNodeBetweenLayers': '34',
    'elk.layered.spacing.edgeNodeBetweenLayers': '16',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  };
  if (effort === 'plain')
    return { ...common, 'elk.edgeRouting': 'POLYLINE', 'elk.layered.nodePlacement.strategy': 'SIMPLE' };
  return {
    ...common,
    'elk.edgeRouting': 'ORTHOGONAL',
    'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
    'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
    'elk.layered.thoroughness': '20',
  };
}

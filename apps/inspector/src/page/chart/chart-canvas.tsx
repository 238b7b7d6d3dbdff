import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  ViewportPortal,
} from '@xyflow/react';
import { type FocusEvent, useEffect, useMemo, useRef } from 'react';
import { giveTabStop, moveFocus } from '../focus/roving-focus.ts';
import { useRun } from '../store/hooks.ts';
import { ArrowLayer } from './arrow-layer.tsx';
import { useChart } from './chart-context.ts';
import type { Chart } from './layout-cache.ts';
import { type StateFlowNode, StateNode } from './state-node.tsx';
import { ZoomButtons } from './zoom-buttons.tsx';

const nodeTypes = { state: StateNode };
/** Smaller than this, text cannot be read: the chart then begins where the machine is. */
const LEAST_READABLE = 0.55;

/** A chart that can be moved, zoomed and walked through with the keyboard. */
export function ChartCanvas({ chart, minimap }: { chart: Chart; minimap: boolean }) {
  return (
    <ReactFlowProvider>
      <Canvas chart={chart} minimap={minimap} />
    </ReactFlowProvider>
  );
}

function Canvas({ chart, minimap }: { chart: Chart; minimap: boolean }) {
  const flow = useReactFlow();
  const run = useRun();
  const group = useRef<HTMLElement>(null);
  const { actor } = useChart();
  const { machine, layout, drawing } = chart;
  const nodes = useMemo(() => nodesOf(chart), [chart]);

  useEffect(() => {
    const first = group.current?.querySelector<HTMLElement>('[data-item]');
    if (first && group.current) giveTabStop(group.current, first);
  });

  /** As much as can be read: all of it, or the neighbourhood of where the machine is. */
  const begin = (): void => {
    void flow.fitView({ padding: 0.04, maxZoom: 1.15 }).then(() => {
      if (flow.getZoom() >= LEAST_READABLE) return;
      const active = actor === undefined ? undefined : run.actor(actor)?.active;
      const leaf = machine.states.findLast(({ id }) => active?.has(id)) ?? machine.states[1] ?? machine.states[0]!;
      const { x, y, width, height } = layout.states.get(leaf.id)!;
      void flow.setCenter(x + width / 2, y + height / 2, { zoom: 0.8 });
    });
  };

  /** What has the focus is in sight. */
  const onFocus = ({ target }: FocusEvent<HTMLElement>): void => {
    const frame = group.current;
    if (frame === null || target.dataset.item === undefined) return;
    giveTabStop(frame, target);
    unscroll(target);
    // Not under a pointer: its button would come up over something else, and that is no click.
    if (!target.matches(':focus-visible')) return;
    const [item, around] = [target.getBoundingClientRect(), frame.getBoundingClientRect()];
    const inSight =
      item.left >= around.left && item.right <= around.right && item.top >= around.top && item.bottom <= around.bottom;
    if (inSight) return;
    const middle = flow.screenToFlowPosition({ x: item.x + item.width / 2, y: item.y + item.height / 2 });
    void flow.setCenter(middle.x, middle.y, { zoom: Math.max(flow.getZoom(), LEAST_READABLE) });
  };

  return (
    <section
      className="chart-canvas"
      ref={group}
      aria-label={`Statechart of ${machine.id}; arrow keys move between states and transitions`}
      onKeyDown={(event) => moveFocus(event)}
      onFocus={onFocus}
    >
      <ReactFlow
        nodes={nodes}
        edges={[]}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        minZoom={0.08}
        maxZoom={3}
        onInit={begin}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1} />
        <ViewportPortal>
          <ArrowLayer drawing={drawing} layout={layout} machine={machine.id} />
        </ViewportPortal>
        {minimap && (
          <MiniMap
            pannable
            ariaLabel={`Overview of ${machine.id}`}
            nodeColor={({ data }) => (data.outer ? 'transparent' : 'var(--muted)')}
            nodeStrokeColor="var(--line)"
            nodeStrokeWidth={6}
          />
        )}
        <ZoomButtons />
      </ReactFlow>
    </section>
  );
}

/** Browsers scroll what gets the focus into sight; the chart is moved instead, and what is around it must stay. */
function unscroll(target: HTMLElement): void {
  for (let each = target.parentElement; each !== null; each = each.parentElement) each.scrollTo(0, 0);
}

function nodesOf({ machine, drawing, layout }: Chart): StateFlowNode[] {
  const { hierarchy, boxes } = drawing;
  return machine.states.map(({ id, type, parent }) => {
    const { x, y, width, height } = layout.states.get(id)!;
    return {
      id,
      type: 'state',
      position: { x, y },
      width,
      height,
      zIndex: hierarchy.line(id).length,
      data: {
        box: boxes.get(id)!,
        machine: machine.id,
        type,
        outer: hierarchy.children(id).length > 0,
        region: parent !== undefined && hierarchy.state(parent).type === 'parallel',
      },
    };
  });
}

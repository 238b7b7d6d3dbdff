import { Panel, useReactFlow } from '@xyflow/react';

/** Zoom in, out, and back to all of the chart. */
export function ZoomButtons() {
  const flow = useReactFlow();
  return (
    <Panel position="bottom-left" className="zoom-buttons">
      <button type="button" onClick={() => void flow.zoomIn()} aria-label="Zoom in">
        +
      </button>
      <button type="button" onClick={() => void flow.zoomOut()} aria-label="Zoom out">
        −
      </button>
      <button type="button" onClick={() => void flow.fitView({ padding: 0.04, maxZoom: 1.15 })}>
        Fit
      </button>
    </Panel>
  );
}

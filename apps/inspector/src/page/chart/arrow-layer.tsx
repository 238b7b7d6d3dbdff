import type { ArrowLabel, Drawing } from '../../chart/drawing.ts';
import type { Layout } from '../../chart/layout.ts';
import { arrowHead, linePath } from '../../chart/line-path.ts';
import { useRunValue } from '../store/hooks.ts';
import { useChart } from './chart-context.ts';
import { TransitionRow } from './transition-row.tsx';

/** All arrows of a chart, drawn over the boxes: lines first, then what is written on them. */
export function ArrowLayer({ drawing, layout, machine }: { drawing: Drawing; layout: Layout; machine: string }) {
  return (
    <div className="arrow-layer">
      <svg className="arrows" width={layout.width} height={layout.height} aria-hidden="true">
        {[...layout.initials].map(([id, points]) => (
          <g key={id} className="initial">
            <circle cx={points[0]!.x} cy={points[0]!.y} r={4} />
            <path d={linePath(points)} className="stroke" />
            <path d={arrowHead(points, 6)} />
          </g>
        ))}
        {drawing.labels.map((label) => (
          <ArrowLine key={label.arrow.id} label={label} layout={layout} />
        ))}
      </svg>
      {drawing.labels.map(({ arrow, rows }) => {
        const { x, y, width, height } = layout.arrows.get(arrow.id)!.label;
        return (
          <div className="arrow-label" key={arrow.id} style={{ left: x, top: y, width, height }}>
            {rows.map((row) => (
              <TransitionRow key={row.transition} row={row} machine={machine} />
            ))}
          </div>
        );
      })}
    </div>
  );
}

function ArrowLine({ label: { arrow }, layout }: { label: ArrowLabel; layout: Layout }) {
  const { actor, selected } = useChart();
  const taken = useRunValue((store) => {
    const state = actor === undefined ? undefined : store.actor(actor);
    return arrow.transitions.some(({ id }) => state?.taken.includes(id));
  });
  const chosen = arrow.transitions.some(({ id }) => id === selected);
  const { points } = layout.arrows.get(arrow.id)!;
  return (
    <g className="arrow" data-arrow={arrow.id} data-taken={taken || undefined} data-chosen={chosen || undefined}>
      <path d={linePath(points)} className="stroke" />
      <path d={arrowHead(points)} />
    </g>
  );
}

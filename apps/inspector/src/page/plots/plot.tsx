import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import type { Points } from '../store/trends.ts';

/** A line of a plot. */
export interface Line extends Points {
  label: string;
}

/** What a plot shows. All lines have the same times. */
export interface PlotProps {
  title: string;
  lines: readonly Line[];
  /** Unit of the values, such as `ms`. */
  unit: string;
  /** Changes when points have come. */
  version: number;
  /** As stairs, for counts. */
  steps?: boolean;
}

const HEIGHT = 140;
/** Lines are told apart by their dashes as well as by their colours. */
const STROKES = ['--accent', '--command', '--guard', '--good', '--bad', '--always'] as const;
const DASHES: readonly number[][] = [[], [6, 3], [2, 3], [10, 3, 2, 3]];

/** Lines over time. What they say is also a sentence, for those who do not see them. */
export function Plot({ title, lines, unit, version, steps = false }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const labels = lines.map(({ label }) => label).join('\n');

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot is made anew for other lines, not for other points
  useEffect(() => {
    const { current: element } = frame;
    if (element === null) return;
    const colours = getComputedStyle(document.documentElement);
    const colour = (name: string): string => colours.getPropertyValue(name).trim();
    const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    const made = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        cursor: { show: false },
        legend: { show: false },
        scales: { x: { time: false } },
        axes: [
          { ...axis, values: (_, seconds) => seconds.map((each) => `${each} s`) },
          { ...axis, size: 60 },
        ],
        series: [
          {},
          ...lines.map(({ label }, at) => ({
            label,
            stroke: colour(STROKES[at % STROKES.length]!),
            width: 1.5,
            dash: DASHES[Math.floor(at / STROKES.length) % DASHES.length]!,
            points: { show: true, size: 4 },
            ...(steps && { paths: UPlot.paths.stepped!({ align: 1 }) }),
          })),
        ],
      },
      dataOf(lines),
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [labels, steps]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the arrays stay the same while points are added
  useEffect(() => {
    plot.current?.setData(dataOf(lines));
  }, [version, labels]);

  return (
    <figure className="plot">
      <figcaption>
        {title} <span className="muted">{sentenceOf(lines, unit)}</span>
      </figcaption>
      <div className="plot-canvas" ref={frame} aria-hidden="true" />
    </figure>
  );
}

/** Times from the first point on. */
function dataOf(lines: readonly Line[]): UPlot.AlignedData {
  const times = lines[0]?.times ?? [];
  const began = times[0] ?? 0;
  return [times.map((time) => time - began), ...lines.map(({ values }) => values)];
}

/** The latest and the greatest value of each line. */
export function sentenceOf(lines: readonly Line[], unit: string): string {
  const told = lines
    .filter(({ values }) => values.length > 0)
    .map(({ label, values }) => {
      const most = values.reduce((one, other) => Math.max(one, other));
      const name = lines.length > 1 ? `${label}: ` : '';
      return `${name}last ${Math.round(values.at(-1)!)}${unit}, at most ${Math.round(most)}${unit}`;
    });
  return told.join(' · ') || 'nothing yet';
}

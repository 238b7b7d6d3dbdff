/** What one view costs the browser. */
export interface ViewCost {
  view: string;
  eventsASecond: number;
  framesASecond: number;
  longestFrameMs: number;
  /** Share of the time in which the main thread is busy, from 0 to 1. */
  mainThread: number;
  /** Bytes in use after a collection. */
  heapBefore: number;
  heapAfter: number;
}

/** The longest that a frame may take, in milliseconds. */
const GOAL_MS = 100;

/** What a page may take from its address to the first statechart that is drawn, in milliseconds. */
const USEFUL_MS = 2000;

/** What it costs to open a recorded run, until its statechart is drawn. Milliseconds. */
export interface OpeningCost {
  /** From asking the browser for a page on. */
  usefulMs: number;
  /** From the page's address on, by the page's own clock. */
  pageMs: number;
  /** The same, until anything is drawn; undefined when the browser does not say. */
  firstContentMs: number | undefined;
  /** Processor time of the browser's renderers, also in their other threads: it depends least on what else the machine does. */
  rendererMs: number;
}

/** How long the page took until it was useful. */
export function openingReport(groups: number, { usefulMs, pageMs, firstContentMs, rendererMs }: OpeningCost): string {
  const verdict = usefulMs > USEFUL_MS ? 'more than' : 'within';
  const content = firstContentMs === undefined ? '' : `, ${firstContentMs.toFixed(0)} ms to the first content`;
  return (
    `a run of ${groups} groups is opened, and its statechart drawn, after ${usefulMs.toFixed(0)} ms: ${verdict} ${USEFUL_MS} ms\n` +
    `  ${pageMs.toFixed(0)} ms by the page's own clock${content}, ${rendererMs.toFixed(0)} ms of processor time\n`
  );
}

/** The costs as a table, and which views miss the goal. */
export function inspectorReport(
  { groups, eventsASecond, seconds }: { groups: number; eventsASecond: number; seconds: number },
  costs: readonly ViewCost[],
): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const rows = costs.map(
    (cost) =>
      `  ${cost.view.padEnd(10)} ${cost.framesASecond.toFixed(0).padStart(4)} frames/s, longest ${cost.longestFrameMs.toFixed(0).padStart(4)} ms, ` +
      `main thread ${(cost.mainThread * 100).toFixed(0).padStart(3)} %, heap ${megabytes(cost.heapBefore)} -> ${megabytes(cost.heapAfter)}, ` +
      `${cost.eventsASecond.toFixed(0)} events/s\n`,
  );
  const missed = costs.filter(({ longestFrameMs }) => longestFrameMs > GOAL_MS).map(({ view }) => view);
  const verdict =
    missed.length === 0 ? `no frame over ${GOAL_MS} ms` : `a frame over ${GOAL_MS} ms: ${missed.join(', ')}`;
  return `${groups} groups, ${eventsASecond} events/s, ${seconds} s a view: ${verdict}\n${rows.join('')}`;
}

import { createContext, useContext } from 'react';

/** What a chart shows, and how it is asked for more. */
export interface ChartContextValue {
  /** The instance whose states are lit; undefined: none. */
  actor: string | undefined;
  /** The state or transition that the panel tells of. */
  selected: string | undefined;
  select(item: string): void;
  /** The items that the search has found. */
  found: ReadonlySet<string>;
  /** Paint how often transitions were taken. */
  coverage: boolean;
}

/** What the chart around a component shows. */
export const ChartContext = createContext<ChartContextValue>({
  actor: undefined,
  selected: undefined,
  select: () => {},
  found: new Set(),
  coverage: false,
});

/** What the chart around this component shows. */
export const useChart = (): ChartContextValue => useContext(ChartContext);

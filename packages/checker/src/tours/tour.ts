/** Paths that together cover every goal of a suite; each begins with a reset to the graph's initial node. */
export interface Tour {
  readonly suite: 'transitions' | 'pairs' | 'interactions';
  /** How many goals there are. */
  readonly goals: number;
  /** How many of them a replay of the paths has met. */
  readonly covered: number;
  /** Edge indices, path by path. */
  readonly paths: readonly (readonly number[])[];
  /** Edges in all paths; resets are not counted. */
  readonly steps: number;
  /** Of all steps and of one reset a path. */
  readonly cost: number;
  /** No tour of this suite costs less. */
  readonly lowerBound: number;
}

/** `optimal`: no tour is cheaper. `greedy`: always to the nearest goal that is not met; quick, and longer. */
export type TourMethod = 'optimal' | 'greedy';

/** Of a graph in which nothing can be walked. */
export function emptyTour(suite: Tour['suite']): Tour {
  return { suite, goals: 0, covered: 0, paths: [], steps: 0, cost: 0, lowerBound: 0 };
}

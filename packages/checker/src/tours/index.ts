export { TourError, type TourErrorCode } from './errors.ts';
export { goalTour } from './goal-tour.ts';
export { type Edge, edgeSources, type Graph, graphFromEdges, reachableNodes } from './graph.ts';
export { type GraphOptions, graphOf, type StateGraph } from './graph-of.ts';
export { pairTour } from './pair-tour.ts';
export { metGoals, type Replay, replay } from './replay.ts';
export { type Share, split } from './split.ts';
export type { Tour, TourMethod } from './tour.ts';
export { transitionTour } from './transition-tour.ts';

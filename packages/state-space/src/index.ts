/**
 * From the statecharts and their composition to what is explored: components, compiled tables, a transition system in the
 * form that the checker takes, and what is made from it (observations, interactions, a model for SPIN).
 *
 * @module
 */

export { interactionOf } from './analysis/interactions.ts';
export { createPlayer, type Player, type Position } from './analysis/player.ts';
export { promela } from './analysis/promela.ts';
export { createView } from './analysis/view.ts';
export { BUGS, type Bug, type BugName } from './component/bugs.ts';
export type { Cell, Harm } from './component/cell.ts';
export type { StepLabel } from './component/cell-steps.ts';
export {
  type CheckModel,
  type CheckModelOptions,
  checkModelSource,
  createCheckModel,
} from './transition-system/check-model.ts';

/**
 * From the statecharts and their composition to what is explored: components, compiled tables, a transition system in the
 * form that the checker takes, and what is made from it (observations, interactions, models for SPIN).
 *
 * A state has another name at each stage:
 *
 * | name | is | made in |
 * |---|---|---|
 * | local state (`Local`) | one statechart's value and context | `packages/model`, `table.ts` |
 * | at | a component and its router, as the numbers of what `createSystem` was executed on | `component/runner.ts` |
 * | cell | the local states of one group, its rule, members and router entry, and what is in flight about it | `component/cell.ts` |
 * | node | a cell, with the router's state | `compile/enumerate.ts` |
 * | block | nodes that no observer can tell apart | `compile/minimise.ts` |
 * | code | a block, counted from 0 within a router state | `compile/compile.ts` |
 * | state | the router's state and a code for each group, packed into words | `transition-system/state-layout.ts` |
 * | number (rank) | a state as one integer, nearly without gaps | `transition-system/numbering.ts` |
 * | index | a state by when the checker found it, from 0 | `packages/checker`, `store.ts` |
 *
 * @module
 */

export { interactionOf } from './analysis/interactions.ts';
export { createPlayer, type Player, type Position } from './analysis/player.ts';
export { createView } from './analysis/view.ts';
export { BUGS, type Bug, type BugName } from './component/bugs.ts';
export type { Cell } from './component/cell.ts';
export type { StepLabel } from './component/cell-steps.ts';
export { type EditedStep, editedSteps } from './component/edited-steps.ts';
export { type CompositionModel, type CompositionOptions, createCompositionModel } from './composition/composition.ts';
export { BREAKING_EDITS, type BreakingEdit, describeEdit, type TextEdit } from './composition/edits.ts';
export { systemEventsOf } from './composition/events.ts';
export { type HostNeed, lackedBy } from './composition/host-needs.ts';
export { promelaOfCells } from './spin/cells.ts';
export { promelaOfSystem, type SystemExportOptions } from './spin/system.ts';
export {
  type CheckModel,
  type CheckModelOptions,
  checkModelSource,
  createCheckModel,
  MOST_GROUPS_THAT_MOVE,
} from './transition-system/check-model.ts';

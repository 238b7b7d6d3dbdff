/**
 * The statecharts of autoscale group, load balancer rule, member and router, and how they act together.
 *
 * @module
 */
export type { CommandName, CommandPayloads } from './commands.ts';
export { type EntryContext, type EntryEvent, entryMachine } from './entry.machine.ts';
export { ModelError } from './errors.ts';
export { BUGS, type Bug, type BugName } from './exhaustive/bugs.ts';
export type { Cell, Harm } from './exhaustive/cell.ts';
export type { StepLabel } from './exhaustive/cell-steps.ts';
export {
  type CheckModel,
  type CheckModelOptions,
  checkModelSource,
  createCheckModel,
} from './exhaustive/check-model.ts';
export { interactionOf } from './exhaustive/interactions.ts';
export { createPlayer, type Player, type Position } from './exhaustive/player.ts';
export { promela } from './exhaustive/promela.ts';
export { createView } from './exhaustive/view.ts';
export type { Freshness } from './freshness.ts';
export { type GroupContext, type GroupEvent, type GroupInput, groupMachine } from './group.machine.ts';
export type { InFlight, MessageKind } from './link.ts';
export {
  createManagement,
  type Effect,
  type Management,
  type ModelCommand,
  type SystemOptions,
} from './management.ts';
export type { GroupState, ManagementEvent, ManagementState } from './management-state.ts';
export { type MemberEvent, memberMachine } from './member.machine.ts';
export type * from './records.ts';
export { type RouterEvent, routerMachine } from './router.machine.ts';
export { type RuleContext, type RuleEvent, ruleMachine, type StickinessKind } from './rule.machine.ts';
export { createSystem, type Step, type System, type SystemEvent, type SystemState } from './system.ts';
export type { Local } from './table.ts';

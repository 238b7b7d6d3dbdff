/**
 * The statecharts of autoscale group, load balancer rule, member and router, and how they act together.
 *
 * @module
 */

export { ModelError } from './errors.ts';
export type { CommandName, CommandPayloads } from './statecharts/commands.ts';
export { type EntryContext, type EntryEvent, entryMachine } from './statecharts/entry.machine.ts';
export type { Freshness } from './statecharts/freshness.ts';
export { type GroupContext, type GroupEvent, type GroupInput, groupMachine } from './statecharts/group.machine.ts';
export { type MemberEvent, memberMachine } from './statecharts/member.machine.ts';
export type * from './statecharts/records.ts';
export { type RouterEvent, routerMachine } from './statecharts/router.machine.ts';
export { type RuleContext, type RuleEvent, ruleMachine, type StickinessKind } from './statecharts/rule.machine.ts';
export { createTable, type Edge, type Local } from './statecharts/table.ts';
export { type Channel, type Channels, createChannels, linkRefusal } from './system/channel.ts';
export { type Answer, answerOf, type InFlight, MESSAGE_KINDS, type MessageKind, withMessage } from './system/link.ts';
export {
  createManagement,
  type Effect,
  type Management,
  type ModelCommand,
  type SystemOptions,
} from './system/management.ts';
export type { GroupState, ManagementEvent, ManagementState } from './system/management-state.ts';
export { type Chart, PARTS, type Parts } from './system/parts.ts';
export { ANSWERS, type Choice, ENTRY_ROUTES, ROUTES } from './system/routes.ts';
export {
  createSystem,
  ENVIRONMENT,
  type Step,
  type System,
  type SystemEvent,
  type SystemState,
} from './system/system.ts';

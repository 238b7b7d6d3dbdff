/**
 * What a system is composed of: the statecharts, each as a table of XState's answers, and the conditions that span several of
 * them. To try a mistake, compose a system with one part that has it.
 *
 * @module
 */
import { type EntryContext, type EntryEvent, entryMachine } from '../statecharts/entry.machine.ts';
import { type GroupContext, type GroupEvent, groupMachine } from '../statecharts/group.machine.ts';
import { type MemberEvent, memberMachine } from '../statecharts/member.machine.ts';
import { type RouterEvent, routerMachine } from '../statecharts/router.machine.ts';
import { type RuleContext, type RuleEvent, ruleMachine } from '../statecharts/rule.machine.ts';
import { createTable, type Edge, type Local } from '../statecharts/table.ts';
import type { GroupState, ManagementEvent, ManagementState } from './management-state.ts';
import { explainRefusal } from './refusals.ts';

/** A statechart in a system. */
export interface Chart<C, E extends string> {
  initial(input: unknown): Local<C>;
  /**
   * What the event does; undefined when no transition is possible.
   *
   * @param group - the group that the statechart belongs to, as it is now; no statechart of the model reads it
   */
  edge(local: Local<C>, event: E, group?: GroupState): Edge<C> | undefined;
}

/** The parts of a system. */
export interface Parts {
  readonly group: Chart<GroupContext, GroupEvent['type']>;
  readonly rule: Chart<RuleContext, RuleEvent['type']>;
  readonly member: Chart<unknown, MemberEvent['type']>;
  readonly router: Chart<unknown, RouterEvent['type']>;
  readonly entry: Chart<EntryContext, EntryEvent['type']>;
  /** Why an event is not possible, in words for a user; `possible` says whether its own statechart has a transition for it. */
  refusal(state: ManagementState, event: ManagementEvent, possible: boolean): string | undefined;
}

/** The parts of the model. */
export const PARTS: Parts = {
  group: createTable(groupMachine),
  rule: createTable(ruleMachine),
  member: createTable(memberMachine),
  router: createTable(routerMachine),
  entry: createTable(entryMachine),
  refusal: explainRefusal,
};

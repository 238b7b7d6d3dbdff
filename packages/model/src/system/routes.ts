/**
 * Who hears whom: the machines know nothing of each other, and every signal of one is an event of another by this table.
 *
 * @module
 */
import type { EntryEvent } from '../statecharts/entry.machine.ts';
import type { GroupEvent } from '../statecharts/group.machine.ts';
import type { MemberEvent } from '../statecharts/member.machine.ts';
import type { RuleEvent } from '../statecharts/rule.machine.ts';

/** Which members of the group hear it: a free place, the one to give up, all that exist, those that wait to join. */
export type Choice = 'vacant' | 'victim' | 'present' | 'joining';

/** Where a signal goes. Without a `choice`, to the one group or rule that it concerns; `rules` are all of the router's. */
export type Route =
  | { to: 'group'; event: GroupEvent['type'] }
  | { to: 'rule' | 'rules'; event: RuleEvent['type'] }
  | { to: 'members'; choice: Choice; event: MemberEvent['type'] };

/** Signals between machines of the management side. */
export const ROUTES: Readonly<Record<string, Route>> = {
  createMember: { to: 'members', choice: 'vacant', event: 'create' },
  removeMember: { to: 'members', choice: 'victim', event: 'remove' },
  destroyMembers: { to: 'members', choice: 'present', event: 'destroy' },
  resend: { to: 'rule', event: 'resend' },
  confirmMembers: { to: 'members', choice: 'joining', event: 'joined' },
  tellServing: { to: 'group', event: 'memberServing' },
  tellFailed: { to: 'group', event: 'memberFailed' },
  tellGone: { to: 'group', event: 'memberGone' },
  tellDestroyed: { to: 'group', event: 'memberDestroyed' },
  tellRule: { to: 'rule', event: 'membersChanged' },
  halt: { to: 'rules', event: 'routerDown' },
  wipe: { to: 'rules', event: 'routerDestroyed' },
};

/** Signals of the management side that the router's entries hear: of one rule, or all of them. */
export const ENTRY_ROUTES: Readonly<Record<'newGeneration' | 'halt' | 'wipe', EntryEvent['type']>> = {
  newGeneration: 'age',
  halt: 'halt',
  wipe: 'wipe',
};

/** Answers of an entry, as the rule hears them. */
export const ANSWERS = {
  answerApplied: 'applied',
  answerInForce: 'inForce',
  answerRefused: 'refused',
  answerOutdated: 'outdated',
} as const satisfies Readonly<Record<string, RuleEvent['type']>>;

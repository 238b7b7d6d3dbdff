/**
 * The commands to a router: the actions of the statecharts that leave the model, and the data bound to each.
 *
 * @module
 */
import type { Snapshot, VersionedKey, VersionedRule } from './records.ts';

/**
 * The data of each command. `tools/codegen` checks that these are exactly the actions that the machines declare as
 * `command`, and generates the command types, their schemas and `RouterHandlers` from them.
 *
 * Every command is level-triggered and idempotent: it carries whole rules and generations, so that order and repetition
 * never matter.
 */
export interface CommandPayloads {
  /** Programs one whole rule, unless the router already has a newer generation of it. */
  putRule: VersionedRule;
  /** Removes a rule, unless the router already has a newer generation of it. */
  removeRule: VersionedKey;
  /** Programs the full set: whatever is not in it, and not newer than its revision, goes. */
  syncRules: { snapshot: Snapshot };
  /** Asks what the router observes. Changes nothing. */
  reportRules: Record<never, never>;
}

/** The name of a command. */
export type CommandName = keyof CommandPayloads;

/**
 * Declares an action in `setup` as a command. It does nothing by itself: the program that steps the machine sees the action's
 * name and sends the command.
 */
export function command(): void {}

/**
 * Declares an action in `setup` as a signal to other machines. It does nothing by itself: `routes.ts` says who hears it.
 */
export function signal(): void {}

/** Declares an action in `setup` as a success that changes nothing, such as enabling what is enabled. */
export function success(): void {}

/**
 * A machine as plain data: all that is drawn of it. It crosses from the process that has the machine to the page, so it is a
 * schema, with which a recording is parsed when it is opened.
 *
 * @module
 */
import * as z from 'zod';

/** An action of a state or of a transition. */
export const actionSchema = z.strictObject({
  name: z.string(),
  /** It leaves the machine for another program, such as `putRule`. */
  command: z.boolean(),
});

/** An action of a state or of a transition. */
export type ActionDescription = z.infer<typeof actionSchema>;

/** A state. Its id is XState's, which is unique in the machine. */
export const stateSchema = z.strictObject({
  id: z.string(),
  /** The name in its parent. */
  key: z.string(),
  /** Undefined for the root. */
  parent: z.string().optional(),
  type: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']),
  /** Of a compound state: where it begins. */
  initial: z.string().optional(),
  history: z.enum(['shallow', 'deep']).optional(),
  description: z.string().optional(),
  tags: z.array(z.string()),
  entry: z.array(actionSchema),
  exit: z.array(actionSchema),
  /** The actors that run while it is active. */
  invokes: z.array(z.strictObject({ id: z.string(), src: z.string() })),
});

/** A state. Its id is XState's, which is unique in the machine. */
export type StateDescription = z.infer<typeof stateSchema>;

/** What takes a transition; `name` is what to write beside it. */
export const triggerSchema = z.strictObject({
  kind: z.enum(['event', 'any', 'always', 'after', 'done', 'error', 'snapshot', 'route']),
  /** The event's type as XState has it, empty for `always`. */
  type: z.string(),
  name: z.string(),
});

/** What takes a transition; `name` is what to write beside it. */
export type Trigger = z.infer<typeof triggerSchema>;

/** A transition. */
export const transitionSchema = z.strictObject({
  /** Unique in the machine, and the same whenever the machine is read. */
  id: z.string(),
  source: z.string(),
  /** None: the state stays. Several: one in each of some parallel regions. */
  targets: z.array(z.string()),
  trigger: triggerSchema,
  guard: z.string().optional(),
  actions: z.array(actionSchema),
  /** It leaves its source and enters it again. */
  reenter: z.boolean(),
  description: z.string().optional(),
});

/** A transition. */
export type TransitionDescription = z.infer<typeof transitionSchema>;

/** A machine: its states, parents before their children, and all of its transitions, in the order of the source. */
export const machineSchema = z.strictObject({
  id: z.string(),
  description: z.string().optional(),
  states: z.array(stateSchema).min(1),
  transitions: z.array(transitionSchema),
});

/** A machine: its states, parents before their children, and all of its transitions, in the order of the source. */
export type MachineDescription = z.infer<typeof machineSchema>;

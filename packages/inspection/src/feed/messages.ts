/**
 * The feed: what runs of machines did, message by message. Its version is raised when a reader of the one before would
 * misread it; a new kind of message is such a change, a new optional field is not.
 *
 * @module
 */
import * as z from 'zod';

/** The version that this code writes, and the only one that it reads. */
export const FEED_VERSION = 1;

const json = z.json();
const data = z.record(z.string(), json);
const event = z.object({ type: z.string() }).catchall(json);

/** An instance of a machine begins. Its id is unique in the feed. */
export const actorSchema = z.object({
  kind: z.literal('actor'),
  actor: z.string(),
  /** The id of its machine; empty for an actor that is none. */
  machine: z.string(),
  name: z.string(),
  /** What it is part of with others, such as one autoscale group with its rule and its members. */
  group: z.string().optional(),
});

/** An actor receives an event. */
export const eventSchema = z.object({
  kind: z.literal('event'),
  actor: z.string(),
  /** The actor that sent it. */
  source: z.string().optional(),
  event,
});

/** An actor takes transitions: one microstep. */
export const transitionMessageSchema = z.object({
  kind: z.literal('transition'),
  actor: z.string(),
  event: event.optional(),
  /** The ids of the transitions in the machine's description. */
  transitions: z.array(z.string()),
  /** Ids of the active states after it. */
  states: z.array(z.string()),
});

/** What an actor is now. */
export const snapshotSchema = z.object({
  kind: z.literal('snapshot'),
  actor: z.string(),
  /** Ids of the active states, each with its parents. */
  states: z.array(z.string()),
  context: json.optional(),
  status: z.enum(['active', 'done', 'error', 'stopped']),
  /** The transitions that are taken if their event comes now, where that is known. */
  enabled: z.array(z.string()).optional(),
});

/** A command leaves for another program. */
export const commandSchema = z.object({
  kind: z.literal('command'),
  actor: z.string(),
  command: z.string(),
  payload: data.optional(),
});

/** The answer to a command, as it came back. */
export const ackSchema = z.object({
  kind: z.literal('ack'),
  actor: z.string(),
  command: z.string().optional(),
  /** In a few words: `applied`, `refused`. */
  answer: z.string(),
  payload: data.optional(),
});

/** Something went wrong: a lost message, an ended process, a failed connection. */
export const faultSchema = z.object({
  kind: z.literal('fault'),
  actor: z.string().optional(),
  what: z.string(),
});

/** Somebody looked whether what was asked for is so. */
export const verificationSchema = z.object({
  kind: z.literal('verification'),
  actor: z.string(),
  verdict: z.enum(['holds', 'violated', 'unknown']),
  expected: z.string().optional(),
  saw: z.string().optional(),
});

/** A step of a path that was planned or found, such as a counterexample; the messages up to the next step belong to it. */
export const stepSchema = z.object({
  kind: z.literal('step'),
  /** Who takes it. */
  lane: z.string(),
  text: z.string(),
  /** The lanes that are different after it, and what they are then. */
  changed: z.record(z.string(), z.string()),
});

/** What happened, before the recorder has numbered it. */
export const bodySchema = z.discriminatedUnion('kind', [
  actorSchema,
  eventSchema,
  transitionMessageSchema,
  snapshotSchema,
  commandSchema,
  ackSchema,
  faultSchema,
  verificationSchema,
  stepSchema,
]);

/** What happened, before the recorder has numbered it. */
export type Body = z.infer<typeof bodySchema>;

/** The kinds of messages. */
export type Kind = Body['kind'];

/** What a message has from its recorder. */
export const stampSchema = z.object({
  /** From 1 on, without gaps. */
  seq: z.int().positive(),
  /** Milliseconds: since the epoch, or since the run began. */
  at: z.number().nonnegative(),
});

/** A message of the feed. */
export const messageSchema = z.intersection(stampSchema, bodySchema);

/** A message of the feed. */
export type Message = z.infer<typeof messageSchema>;

/** The message that a line of a feed has. @throws ZodError when it is none of this version */
export function parseMessage(line: string): Message {
  return messageSchema.parse(JSON.parse(line));
}

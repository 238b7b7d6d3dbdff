/**
 * What a page shows: machines, and what runs of them did. A recording that is kept, and the file that a page opens.
 *
 * @module
 */
import * as z from 'zod';
import { FEED_VERSION, messageSchema } from './feed/messages.ts';
import { machineSchema } from './machine/description.ts';

/** A known mistake, and the steps that it makes otherwise: a run that takes one of them can tell it. */
const mutantSchema = z.object({
  name: z.string(),
  /** In a sentence. */
  means: z.string(),
  /** Steps by machine, the name of the state in which they begin, and the type of their event. */
  changes: z.array(z.object({ machine: z.string(), state: z.string(), event: z.string() })),
});

/** A known mistake, and the steps that it makes otherwise. */
export type Mutant = z.infer<typeof mutantSchema>;

/** A recording: the machines, and the messages in the order of their numbers. */
export const documentSchema = z.object({
  format: z.literal('limpet-inspection'),
  version: z.literal(FEED_VERSION),
  /** What it is about, in a line. */
  title: z.string(),
  /** What it was found to show, such as the invariant that a counterexample violates. */
  notes: z.array(z.string()),
  machines: z.array(machineSchema),
  /** Mistakes that a run can tell: the coverage says which. */
  mutants: z.array(mutantSchema).optional(),
  messages: z.array(messageSchema),
  /** Of a counterexample: every lane before the first step. */
  initial: z.record(z.string(), z.string()).optional(),
  /** Of a run that never ends: the steps from here on, counted from 0, are repeated. */
  loopsFrom: z.int().nonnegative().optional(),
});

/** A recording: the machines, and the messages in the order of their numbers. */
export type InspectionDocument = z.infer<typeof documentSchema>;

/**
 * Counterexamples as `limpet check -o json` prints them.
 *
 * @module
 */
import { dotted, valueAt } from '@limpet/contract';
import { issueInWords } from '@limpet/operations';
import { z } from 'zod';
import { SimulatorError } from '../errors.ts';
import { type Action, actionOf } from './action.ts';

/** A step as it was printed, and what it means. */
export interface TraceStep {
  readonly lane: string;
  readonly text: string;
  /** The lanes that are different after it in the model, and what they are then. */
  readonly changed: Readonly<Record<string, string>>;
  readonly action: Action;
}

/** A run to be played. */
export interface Trace {
  readonly steps: readonly TraceStep[];
  /** How many groups take part. */
  readonly groups: number;
  /** Places for VMs in each group. */
  readonly places: number;
}

const stepSchema = z.object({
  lane: z.string(),
  text: z.string(),
  changed: z.record(z.string(), z.string()).default({}),
});
const stepsSchema = z
  .array(stepSchema)
  .min(1, 'expected at least one step')
  .max(10_000, 'expected at most 10,000 steps');

/** As many groups as the model has at the most. */
const MOST_GROUPS = 8;
const MOST_PLACES = 4;

/**
 * Reads a counterexample, alone or within the document of a check.
 *
 * @param source name of the file, for messages
 * @throws SimulatorError `TRACE_INVALID` that names the field
 */
export function parseTrace(text: string, source: string): Trace {
  const invalid = (problem: string, cause?: unknown): SimulatorError =>
    new SimulatorError('TRACE_INVALID', `${source}: ${problem}`, { cause });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid('this is not JSON; give what limpet check --bug NAME -o json prints', error);
  }
  const { field, run } = runIn(document);
  if (run === null) throw invalid('counterexample: null, the check found nothing to replay');
  const parsed = stepsSchema.safeParse(run);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const said = run === undefined ? 'expected the steps of a counterexample, but they are missing' : undefined;
    throw invalid(`${dotted(issue.path, field)}: ${said ?? issueInWords(issue, valueAt(run, issue.path))}`);
  }
  const steps = parsed.data.map((step, index): TraceStep => {
    const action = actionOf(step.lane, step.text);
    if (action === undefined)
      throw invalid(`${field}[${index}]: no step of the model: lane ${quote(step.lane)}, text ${quote(step.text)}`);
    return { ...step, action };
  });
  const groups = Math.max(1, ...steps.map(({ action }) => ('group' in action ? action.group + 1 : 1)));
  if (groups > MOST_GROUPS) throw invalid(`${field}: ${groups} groups; a model has at most ${MOST_GROUPS}`);
  const places = Math.max(1, ...steps.map(placesIn));
  if (places > MOST_PLACES) throw invalid(`${field}: ${places} VMs in a group; a model has at most ${MOST_PLACES}`);
  return { steps, groups, places };
}

/** The steps of a whole document's counterexample, of a counterexample, or null where a check found none. */
function runIn(document: unknown): { field: string; run: unknown } {
  if (!isObject(document)) return { field: 'steps', run: undefined };
  if (!('counterexample' in document)) return { field: 'steps', run: document.steps };
  const { counterexample } = document;
  if (counterexample === null) return { field: 'counterexample', run: null };
  return { field: 'counterexample.steps', run: isObject(counterexample) ? counterexample.steps : undefined };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The places for VMs that a step shows. */
function placesIn({ action, changed }: TraceStep): number {
  const listed = Object.entries(changed).map(([lane, text]) =>
    /^members \d+$/.test(lane) ? text.split(',').length : 0,
  );
  return Math.max(action.kind === 'member' ? (action.place ?? 0) + 1 : 1, ...listed);
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);

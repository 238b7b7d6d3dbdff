import { documentSchema, type InspectionDocument } from '@limpet/inspection';
import type * as z from 'zod';
import { InspectorError } from '../errors.ts';
import { checkDocument, checkResultSchema } from './check-result.ts';
import { conformDocument, conformResultSchema, failureFileDocument, failureFileSchema } from './conform-result.ts';
import { monitorDocument, monitorResultSchema } from './monitor-result.ts';

/** A kind of file: how it is told from the others, and how it is read. */
interface Kind {
  what: string;
  isIt(value: object): boolean;
  read(value: object): InspectionDocument;
}

const kind = <S extends z.ZodType>(
  what: string,
  isIt: Kind['isIt'],
  schema: S,
  show: (parsed: z.output<S>) => InspectionDocument,
): Kind => ({ what, isIt, read: (value) => show(schema.parse(value)) });

const KINDS: readonly Kind[] = [
  kind(
    'a recording',
    (value) => 'format' in value,
    documentSchema,
    (document) => document,
  ),
  kind('a result of limpet check', (value) => 'counterexample' in value, checkResultSchema, checkDocument),
  kind('a result of limpet conform', (value) => 'suites' in value, conformResultSchema, conformDocument),
  kind('a failure of limpet conform', (value) => 'failure' in value, failureFileSchema, failureFileDocument),
  kind('a result of limpet monitor', (value) => 'alarm' in value, monitorResultSchema, monitorDocument),
];

/**
 * Reads a file that one of Limpet's commands wrote.
 *
 * @param source - its name, for messages
 * @throws InspectorError `INSPECTOR_FILE_UNKNOWN`
 */
export function openResult(text: string, source: string): InspectionDocument {
  const unknown = (problem: string, cause?: unknown): InspectorError =>
    new InspectorError('INSPECTOR_FILE_UNKNOWN', `${source}: ${problem}`, { cause });
  const GIVE =
    'give what limpet check, conform or monitor print with -o json, a limpet-failure-N.json of conform, or a recording';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unknown(`this is not JSON; ${GIVE}`, cause);
  }
  const found = typeof value === 'object' && value !== null ? KINDS.find(({ isIt }) => isIt(value)) : undefined;
  if (found === undefined) throw unknown(`this is no result that can be shown; ${GIVE}`);
  try {
    return found.read(value as object);
  } catch (cause) {
    const [issue] = (cause as z.ZodError).issues ?? [];
    const where = issue?.path.join('.') ?? '';
    throw unknown(
      `this is ${found.what}, but ${where || 'it'} is not as it should be: ${issue?.message ?? String(cause)}`,
      cause,
    );
  }
}

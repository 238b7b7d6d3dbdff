import { valueAt } from '@limpet/contract';
import { type Duplicate, issueInWords } from '@limpet/operations';
import type { z } from 'zod';
import type { FieldProblem } from './problem.ts';

/** Characters of a name that an answer repeats. */
const longest = 256;

/** Fields that an answer names: a list of a million wrong values has a million wrong fields. */
const most = 100;

/** What is wrong with the fields of a value, by the schema; of very many, with the first. */
export function fieldProblems(error: z.core.$ZodError, value: unknown): FieldProblem[] {
  return error.issues.slice(0, most).flatMap((issue): FieldProblem[] => {
    const detail = issueInWords(issue, valueAt(value, issue.path));
    const paths =
      issue.code === 'unrecognized_keys' ? issue.keys.slice(0, most).map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ pointer: pointer(path), detail }));
  });
}

/** What stands twice, as problems of fields. */
export const duplicateProblems = (duplicates: readonly Duplicate[]): FieldProblem[] =>
  duplicates.map(({ path, message }) => ({ pointer: pointer(path), detail: message }));

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).slice(0, longest).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

import { type Duplicate, issueInWords, valueAt } from '@limpet/operations';
import type { z } from 'zod';
import type { FieldProblem } from './problem.ts';

/** What is wrong with each field of a value, by the schema. */
export function fieldProblems(error: z.core.$ZodError, value: unknown): FieldProblem[] {
  return error.issues.flatMap((issue): FieldProblem[] => {
    const detail = issueInWords(issue, valueAt(value, issue.path));
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ pointer: pointer(path), detail }));
  });
}

/** What stands twice, as problems of fields. */
export const duplicateProblems = (duplicates: readonly Duplicate[]): FieldProblem[] =>
  duplicates.map(({ path, message }) => ({ pointer: pointer(path), detail: message }));

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

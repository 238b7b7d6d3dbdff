import type { MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { fieldProblems } from './field-problems.ts';
import { type FieldProblem, Problem } from './problem.ts';
import type { ApiEnv } from './routes.ts';

/** Characters of a body that is checked as a whole, at once. */
const small = 32 * 1024;

/** Values in one rule, or in what stands beside the rules: ten thousand members take 40,000. */
const mostValues = 50_000;

/**
 * A schema names every mistake, and 16 MB hold millions: to name them takes gigabytes. So of a large body the rules are
 * checked one after the other, and the first wrong one is told; what is larger than any rule is told before it is checked.
 *
 * @param rule schema of one rule
 */
export function checkLargeLists(rule: z.ZodType): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if ((await c.req.text()).length <= small) return next();
    const body: unknown = await c.req.json();
    const errors = problemsIn(body, '', rule);
    if (errors.length === 0) return next();
    throw new Problem('BODY_INVALID', `${errors[0]!.pointer}: ${errors[0]!.detail}`, { errors });
  };
}

function problemsIn(body: unknown, at: string, rule: z.ZodType): FieldProblem[] {
  if (!isObject(body)) return tooLarge(body, at);
  for (const [name, value] of Object.entries(body)) {
    const pointer = `${at}/${name}`;
    const found =
      name === 'rules' && Array.isArray(value)
        ? firstWrong(value, pointer, rule)
        : name === 'snapshot'
          ? problemsIn(value, pointer, rule)
          : tooLarge(value, pointer);
    if (found.length > 0) return found;
  }
  return [];
}

function firstWrong(rules: readonly unknown[], at: string, rule: z.ZodType): FieldProblem[] {
  for (const [index, value] of rules.entries()) {
    const pointer = `${at}/${index}`;
    const large = tooLarge(value, pointer);
    if (large.length > 0) return large;
    const { error } = rule.safeParse(value);
    if (error) return fieldProblems(error, value).map((each) => ({ ...each, pointer: pointer + each.pointer }));
  }
  return [];
}

const tooLarge = (value: unknown, pointer: string): FieldProblem[] =>
  hasMoreThan(mostValues, value) ? [{ pointer, detail: `expected at most ${mostValues} values in it` }] : [];

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Looks at no more values than that. */
function hasMoreThan(most: number, value: unknown): boolean {
  let left = most;
  const count = (inner: unknown): void => {
    if (--left < 0 || typeof inner !== 'object' || inner === null) return;
    for (const each in inner) {
      if (left < 0) return;
      count(Reflect.get(inner, each));
    }
  };
  count(value);
  return left < 0;
}

import { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { fieldProblems } from './field-problems.ts';
import { Problem, type ProblemCode } from './problem.ts';
import { problemSchema } from './schemas.ts';

const CODES: Readonly<Record<string, ProblemCode>> = {
  json: 'BODY_INVALID',
  header: 'HEADER_INVALID',
  param: 'PATH_INVALID',
  query: 'QUERY_INVALID',
};

/** What middleware tells a route. */
export interface ApiEnv {
  Variables: {
    /** Whether the same request, by its Idempotency-Key, has begun in an agent that did not answer it. */
    resumed?: boolean;
  };
}

/** A group of routes, which answers every invalid field at once. */
export const routes = () =>
  new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return undefined;
      const sent = 'data' in result ? result.data : undefined;
      const errors = fieldProblems(result.error, sent);
      const [first] = errors;
      const detail = `${first?.pointer ?? ''}: ${first?.detail ?? 'it is not valid'}`;
      return new Problem(CODES[result.target] ?? 'BODY_INVALID', detail, { errors }).response();
    },
  });

/** The header of a change that may be sent again. */
export const idempotencyKey = {
  'idempotency-key': z
    .string()
    .optional()
    .describe('Chosen by the client: a change that comes again with it is made once, and gets the same answer.'),
};

/** A JSON body that must be there. */
export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  body: { content: { 'application/json': { schema } }, required: true as const },
});

/** An answer with JSON. */
export const jsonAnswer = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
});

/** Every other answer. */
export const problems = {
  default: {
    description: 'A problem (RFC 9457); code is stable.',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
};

import { createRoute } from '@hono/zod-openapi';
import { readDatabag } from '@limpet/operations';
import { z } from 'zod';
import type { ApiAgent } from './agent-api.ts';
import { idempotencyKey, jsonAnswer, jsonBody, problems, routes } from './routes.ts';
import { appliedSchema } from './schemas.ts';

const submit = createRoute({
  method: 'post',
  path: '/v1/databag',
  summary: 'Hand over a databag of CloudStack, and wait until each of its rules is in force or refused',
  request: {
    headers: z.object(idempotencyKey),
    query: z.object({ name: z.string().max(4096).default('databag').describe('Name of the file, for messages.') }),
    ...jsonBody(z.looseObject({}).describe('load_balancer.json, as it is in the queue, or as the router keeps it.')),
  },
  responses: { 200: jsonAnswer('What became of each rule.', appliedSchema), ...problems },
});

/** `/v1/databag`: for CloudStack's own step, which waits for the outcome. */
export const databagRoutes = (agent: ApiAgent) =>
  routes().openapi(submit, async (c) => {
    const source = readDatabag(JSON.stringify(c.req.valid('json')), c.req.valid('query').name);
    return c.json(await agent.submit(source), 200);
  });

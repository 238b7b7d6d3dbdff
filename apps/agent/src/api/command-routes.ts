import { createRoute } from '@hono/zod-openapi';
import { commandResultSchema, commandSchema, parseCommand, versionedRuleSchema } from '@limpet/contract';
import { z } from 'zod';
import type { ApiAgent } from './agent-api.ts';
import { checkGeneration } from './check-generation.ts';
import { checkLargeLists } from './large-lists.ts';
import { idempotencyKey, jsonAnswer, jsonBody, problems, routes } from './routes.ts';

const send = createRoute({
  middleware: checkLargeLists(versionedRuleSchema),
  method: 'post',
  path: '/v1/commands',
  summary: 'A command of the model; answered when its rules are in force, or refused',
  request: { headers: z.object(idempotencyKey), ...jsonBody(commandSchema) },
  responses: { 200: jsonAnswer('What became of it.', commandResultSchema), ...problems },
});

/** `/v1/commands`: the generated commands; `createClient` of `@limpet/contract` speaks to it. */
export const commandRoutes = (agent: ApiAgent) =>
  routes().openapi(send, async (c) => {
    const command = parseCommand(c.req.valid('json'));
    checkGeneration(command);
    if (command.type !== 'reportRules') agent.requireWritable();
    return c.json(await agent.driver.send(command), 200);
  });

import { createRoute } from '@hono/zod-openapi';
import { canonicalRule } from '@limpet/contract';
import { duplicatesIn, fileRuleSchema, type Source } from '@limpet/operations';
import { z } from 'zod';
import type { ApiAgent } from './agent-api.ts';
import { duplicateProblems } from './field-problems.ts';
import { checkLargeLists } from './large-lists.ts';
import { checkPreconditions, etag } from './preconditions.ts';
import { Problem } from './problem.ts';
import { idempotencyKey, jsonAnswer, jsonBody, problems, routes } from './routes.ts';
import { appliedSchema, desiredSchema, planSchema } from './schemas.ts';

const middleware = checkLargeLists(fileRuleSchema);

const put = createRoute({
  middleware,
  method: 'put',
  path: '/v1/rules',
  summary: 'Make these all rules of the router, and wait until each is in force or refused',
  request: {
    headers: z.object({
      'if-match': z.string().optional().describe('The ETag of the whole set, or *.'),
      ...idempotencyKey,
    }),
    ...jsonBody(desiredSchema),
  },
  responses: { 200: jsonAnswer('What became of each rule.', appliedSchema), ...problems },
});
const plan = createRoute({
  middleware,
  method: 'post',
  path: '/v1/plan',
  summary: 'What a PUT of these rules would change; nothing is changed',
  request: jsonBody(desiredSchema),
  responses: { 200: jsonAnswer('What would change.', planSchema), ...problems },
});

/** `/v1/rules` as a whole, and `/v1/plan`. */
export const desiredRoutes = (agent: ApiAgent) =>
  routes()
    .openapi(put, async (c) => {
      agent.requireWritable();
      const { driver } = agent;
      const applied = await driver.apply(sourceOf(agent, c.req.valid('json')), (revision, changes) => {
        if (changes || !c.get('resumed')) checkPreconditions(c.req.valid('header'), revision);
      });
      c.header('etag', etag(driver.router.current.desired().generation));
      return c.json(applied, 200);
    })
    .openapi(plan, async (c) => c.json(await agent.views.plan(sourceOf(agent, c.req.valid('json'))), 200));

/** What a body says; without `settings`, the former ones stay. */
function sourceOf(agent: ApiAgent, body: z.output<typeof desiredSchema>): Source {
  const errors = duplicateProblems(duplicatesIn({ rules: body.rules }));
  if (errors.length > 0) throw new Problem('BODY_INVALID', `${errors[0]!.pointer}: ${errors[0]!.detail}`, { errors });
  return {
    rules: body.rules.map(canonicalRule),
    settings: agent.settingsFor(body.settings),
    unreadable: body.unreadable,
    ...(body.databag !== undefined && { databag: body.databag }),
    notCarriedOut: body.notCarriedOut,
  };
}

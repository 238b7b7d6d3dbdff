import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { ApiAgent } from './agent-api.ts';
import { jsonAnswer, problems, routes } from './routes.ts';
import { reportSchema } from './schemas.ts';

const health = z.object({ ok: z.boolean(), why: z.array(z.string()).readonly() });

const status = createRoute({
  method: 'get',
  path: '/v1/status',
  summary: 'Conditions, counters and members of the rules, as limpet status -o json prints them',
  responses: { 200: jsonAnswer('How the router is.', reportSchema), ...problems },
});
const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the agent lives',
  responses: { 200: jsonAnswer('It does; why has steps that the model does not allow.', health) },
});
const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Whether what is desired is known, and can be brought about',
  responses: { 200: jsonAnswer('It is.', health), 503: jsonAnswer('It is not, for these reasons.', health) },
});

/** `/v1/status`, `/healthz`, `/readyz`. */
export const statusRoutes = (agent: ApiAgent) =>
  routes()
    .openapi(status, async (c) => c.json(await agent.views.report(), 200))
    .openapi(healthz, (c) => c.json({ ok: true, why: agent.complaints() }, 200))
    .openapi(readyz, async (c) => {
      const why = await agent.notReady();
      return why.length === 0 ? c.json({ ok: true, why }, 200) : c.json({ ok: false, why }, 503);
    });

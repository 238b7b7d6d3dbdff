import { createRoute } from '@hono/zod-openapi';
import { lastEventIdPattern, PAGE_HEADERS, RUN_HEADER, serveFeed } from '@limpet/inspection';
import { ruleLoadSchema } from '@limpet/operations';
import { z } from 'zod';
import type { ApiAgent } from '../api/agent-api.ts';
import { Problem } from '../api/problem.ts';
import { jsonAnswer, problems, routes } from '../api/routes.ts';
import { ruleParams } from '../api/schemas.ts';

const recording = z.looseObject({ title: z.string(), machines: z.array(z.looseObject({ id: z.string() })) });
const described = createRoute({
  method: 'get',
  path: '/inspect/document.json',
  summary: 'What the page shows: the statechart of a rule on the router; what happens comes with the feed',
  responses: { 200: jsonAnswer('A recording without messages, as limpet inspect opens it.', recording), ...problems },
});
const feed = createRoute({
  method: 'get',
  path: '/inspect/feed',
  summary: "What happens, as the inspector's feed of server-sent events; resumed after Last-Event-ID",
  request: { headers: z.object({ 'last-event-id': z.string().regex(lastEventIdPattern).optional() }) },
  responses: {
    200: { description: 'The feed.', content: { 'text/event-stream': { schema: z.string() } } },
    ...problems,
  },
});

const detail = createRoute({
  method: 'get',
  path: '/inspect/rules/{address}',
  summary: 'A rule as the page shows it: desired and live, plan, servers, sticky clients, configuration',
  request: { params: ruleParams },
  responses: { 200: jsonAnswer('The rule.', z.looseObject({ rule: z.string() })), ...problems },
});

const load = createRoute({
  method: 'get',
  path: '/inspect/rules/{address}/load',
  summary: 'The connections of the members of a rule now',
  request: { params: ruleParams },
  responses: { 200: jsonAnswer('The connections.', ruleLoadSchema), ...problems },
});

/** Milliseconds between two comments on a silent feed. */
const KEEP_ALIVE_MS = 15_000;

/** `/inspect/`: the inspector's page on this router. It only reads. */
export const inspectRoutes = (agent: ApiAgent) => {
  const app = routes();
  app.use('/inspect/*', async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.res.headers.set(name, value);
  });
  // Relative addresses of the page begin at its own folder.
  app.get('/inspect', (c) => c.redirect('/inspect/', 308));
  const file = async (path: string): Promise<Response> => {
    const found = (await agent.pageFiles()).get(path);
    if (found === undefined) throw new Problem('NOT_FOUND', `the page has no file ${path}; open /inspect/`);
    return new Response(found.content, { headers: { 'content-type': found.type } });
  };
  app.get('/inspect/', () => file('/'));
  app.get('/inspect/assets/:name', (c) => file(`/assets/${c.req.param('name')}`));
  return app
    .openapi(described, (c) => c.json(agent.recording.document, 200, { [RUN_HEADER]: 'agent' }) as never)
    .openapi(detail, async (c) => {
      const { address } = c.req.valid('param');
      const view = await agent.views.ruleView(address);
      if (view === undefined) throw new Problem('RULE_NOT_FOUND', `no rule on ${address}; GET /v1/rules has them`);
      return c.json(view, 200) as never;
    })
    .openapi(load, async (c) => c.json(await agent.views.ruleLoad(c.req.valid('param').address), 200))
    .openapi(feed, (c) => {
      const close = agent.streams.open();
      c.header('content-type', 'text/event-stream');
      return c.body(follow(agent, c.req.valid('header')['last-event-id'], close)) as never;
    });
};

/** The feed as bytes; of a reader that is slow, one page waits. */
function follow(
  { recording, stopping }: ApiAgent,
  lastEventId: string | undefined,
  close: () => void,
): ReadableStream<Uint8Array> {
  let drained = (): void => {};
  let end = (): void => {};
  const source = {
    start(controller: ReadableStreamDefaultController<Uint8Array>) {
      const stop = serveFeed({
        recorder: recording.followed,
        lastEventId,
        sink: {
          write(text) {
            controller.enqueue(encoder.encode(text));
            return controller.desiredSize! > 0;
          },
          onDrain: (listener) => {
            drained = listener;
          },
        },
        every: (callback) => {
          const timer = setInterval(callback, KEEP_ALIVE_MS);
          return () => clearInterval(timer);
        },
      });
      const stopped = (): void => {
        end();
        controller.close();
      };
      end = () => {
        stopping.removeEventListener('abort', stopped);
        stop();
        close();
      };
      stopping.addEventListener('abort', stopped);
      if (stopping.aborted) stopped();
    },
    pull: () => drained(),
    cancel: () => end(),
  };
  // The source is asked when the reader takes something, and not before.
  return new ReadableStream(source, { highWaterMark: 0 });
}

const encoder = new TextEncoder();

import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { ApiAgent } from './agent-api.ts';
import { EventPages } from './event-pages.ts';
import { problems, routes } from './routes.ts';

const text = { schema: z.string() };
const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Metrics for Prometheus',
  responses: { 200: { description: 'The metrics.', content: { 'text/plain': text } }, ...problems },
});
const events = createRoute({
  method: 'get',
  path: '/v1/events',
  summary: 'What happens, as server-sent events; resumed after the number of the last one',
  request: {
    headers: z.object({ 'last-event-id': z.coerce.number().int().min(0).optional() }),
    query: z.object({
      after: z.coerce.number().int().min(0).optional().describe('As the header Last-Event-ID.'),
      follow: z.enum(['true', 'false']).default('true').describe('false: the stream ends after those that are kept.'),
    }),
  },
  responses: { 200: { description: 'The events.', content: { 'text/event-stream': text } }, ...problems },
});

/** A proxy between ends a stream that says nothing. */
const heartbeatMs = 15_000;

/** `/metrics`, `/v1/events`. */
export const observeRoutes = (agent: ApiAgent) => {
  const pages = new EventPages(agent.events);
  return routes()
    .openapi(metrics, async (c) => {
      const { body, contentType } = await agent.metrics();
      return c.body(body, 200, { 'content-type': contentType }) as never;
    })
    .openapi(events, (c) => {
      const follows = c.req.valid('query').follow === 'true';
      const from = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after ?? agent.events.last;
      const body = follow(agent, pages, { from, follows });
      return c.body(body, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }) as never;
    });
};

/** Events as bytes. They are made when the reader takes them: one that is slow has no queue, and is told what it lost. */
function follow(
  { events: log, streams, stopping }: ApiAgent,
  pages: EventPages,
  { from, follows }: { from: number; follows: boolean },
): ReadableStream<Uint8Array> {
  const close = streams.open();
  let sent = from;
  let wake = (): void => {};
  const listener = (): void => wake();
  const stopListening = log.listen(listener);
  stopping.addEventListener('abort', listener);
  const end = (): void => {
    close();
    stopListening();
    stopping.removeEventListener('abort', listener);
    wake();
  };
  let ended = false;
  // The headers, and with them the client's knowledge that it listens, come with the first bytes.
  let greeting: Uint8Array | undefined = encoder.encode(': listening\n\n');
  const next = async (): Promise<Uint8Array | undefined> => {
    if (greeting !== undefined) {
      const first = greeting;
      greeting = undefined;
      return first;
    }
    while (!ended) {
      if (log.last !== sent) {
        const page = pages.after(sent);
        sent = page.last;
        return page.bytes;
      }
      if (stopping.aborted || !follows) return undefined;
      if (!(await woken((run) => (wake = run)))) return stillThere;
    }
    return undefined;
  };
  const source = {
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      const bytes = await next();
      if (ended) return;
      if (bytes !== undefined) return controller.enqueue(bytes);
      end();
      controller.close();
    },
    cancel() {
      ended = true;
      end();
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

const encoder = new TextEncoder();
const stillThere = encoder.encode(': still there\n\n');

/** Resolves to true at the call that `listen` is given, or to false when it is time for a heartbeat. */
const woken = (listen: (run: () => void) => void): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), heartbeatMs);
    listen(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });

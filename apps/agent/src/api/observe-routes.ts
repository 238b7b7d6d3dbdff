import { createRoute } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { ApiAgent } from './agent-api.ts';
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
export const observeRoutes = (agent: ApiAgent) =>
  routes()
    .openapi(metrics, async (c) => {
      const { body, contentType } = await agent.metrics();
      return c.body(body, 200, { 'content-type': contentType }) as never;
    })
    .openapi(events, (c) => {
      const { events: log } = agent;
      const follows = c.req.valid('query').follow === 'true';
      const from = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after ?? log.last;
      const close = agent.streams.open();
      return streamSSE(c, async (stream) => {
        let sent = from;
        let wake = (): void => {};
        const stopListening = log.listen(() => wake());
        stream.onAbort(() => wake());
        const stop = (): void => wake();
        agent.stopping.addEventListener('abort', stop);
        try {
          // The headers, and with them the client's knowledge that it listens, come with the first bytes.
          await stream.write(': listening\n\n');
          while (!stream.aborted) {
            const { events: next, lost } = log.after(sent);
            const { last } = log;
            if (lost) await stream.writeSSE({ event: 'lost', data: JSON.stringify({ after: sent }) });
            for (const { sequence, time, event } of next) {
              const { type, ...rest } = event;
              await stream.writeSSE({ id: String(sequence), event: type, data: JSON.stringify({ time, ...rest }) });
            }
            sent = last;
            // What came while this was written would wake nobody any more.
            if (log.last > sent) continue;
            if (agent.stopping.aborted || !follows) return;
            if (!(await woken((run) => (wake = run)))) await stream.write(': still there\n\n');
          }
        } finally {
          close();
          stopListening();
          agent.stopping.removeEventListener('abort', stop);
        }
      }) as never;
    });

/** Resolves to true at the call that `listen` is given, or to false when it is time for a heartbeat. */
const woken = (listen: (run: () => void) => void): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), heartbeatMs);
    listen(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });

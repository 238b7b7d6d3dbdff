import type { MiddlewareHandler } from 'hono';

/** HEAD is answered as GET (RFC 9110, 9.3.2), and what would be the body ends: nobody would take a stream from its source. */
export const head: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.req.method === 'HEAD') await c.res.body?.cancel();
};

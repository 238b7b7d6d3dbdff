import type { MiddlewareHandler } from 'hono';
import { Problem } from './problem.ts';

/**
 * Bodies are JSON as it is: what would have to be unpacked first could be of any size, and what is read as something else
 * than it is would be called no JSON. A header of the answer says what would be taken (RFC 9110, 15.5.16).
 *
 * It throws Problem `CONTENT_TYPE_UNSUPPORTED`, `CONTENT_ENCODING_UNSUPPORTED`.
 */
export const requireJson: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'PUT' && c.req.method !== 'POST') return next();
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    const detail = `expected application/json, got ${excerpt(type)}`;
    throw new Problem('CONTENT_TYPE_UNSUPPORTED', `content-type: ${detail}`, {
      errors: [{ pointer: '/content-type', detail }],
      headers: { accept: 'application/json' },
    });
  }
  const coding = c.req.header('content-encoding') ?? 'identity';
  if (coding.trim().toLowerCase() !== 'identity') {
    const detail = `expected no such header, or identity, got ${excerpt(coding)}`;
    throw new Problem('CONTENT_ENCODING_UNSUPPORTED', `content-encoding: ${detail}`, {
      errors: [{ pointer: '/content-encoding', detail }],
      headers: { 'accept-encoding': 'identity' },
    });
  }
  return next();
};

const excerpt = (header: string): string => (header === '' ? 'none' : JSON.stringify(header.slice(0, 60)));

import type { MiddlewareHandler } from 'hono';
import { jsonShape } from './json-shape.ts';
import { Problem } from './problem.ts';
import type { ApiEnv } from './routes.ts';

/** What is read of bodies. */
export interface BodyLimits {
  /** Bytes of one body. */
  largest: number;
  /** Bytes up to which a body is always read. */
  small: number;
  /** Bytes of all larger ones that are read or answered at the same time. */
  together: number;
  /** Values in one body. */
  values: number;
  /** Lists and objects that may stand in each other. */
  deepest: number;
}

/** Two thousand rules of ten members take 2 MB; the router that reads them has 512 MB in all. */
export const bodyLimits: BodyLimits = {
  largest: 16 * 1024 * 1024,
  small: 64 * 1024,
  together: 32 * 1024 * 1024,
  values: 1_000_000,
  deepest: 32,
};

const megabytes = (bytes: number): string => `${bytes / 1024 / 1024} MB`;

/**
 * Reads bodies within limits, which hold for all clients together: each of a thousand could send the largest body, and stop
 * before its end.
 *
 * It throws Problem `BODY_TOO_LARGE`, `BODY_TOO_DEEP`, `AGENT_BUSY`, and `BODY_NOT_JSON` for a body that does not end.
 */
export function readBody(limits: BodyLimits): MiddlewareHandler<ApiEnv> {
  const { largest, small, together } = limits;
  let taken = 0;
  return async (c, next) => {
    // What comes with them means nothing (RFC 9110, 9.3.1), and is not read.
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const isChunked = c.req.header('transfer-encoding') !== undefined;
    const declared = isChunked ? Number.POSITIVE_INFINITY : Number(c.req.header('content-length') ?? 0);
    if (declared <= small) {
      checkShape(await c.req.text().catch(ended), limits);
      return next();
    }
    if (declared > largest && !isChunked) throw tooLarge(largest);
    let mine = 0;
    try {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of chunksOf(c.req.raw)) {
        size += chunk.length;
        if (size > largest) throw tooLarge(largest);
        const more = Math.max(0, size - small) - mine;
        if (taken + more > together) {
          const detail = `other clients send ${megabytes(together)} already; send this again later`;
          throw new Problem('AGENT_BUSY', detail, { headers: { 'retry-after': '1' } });
        }
        taken += more;
        mine += more;
        chunks.push(chunk);
      }
      const text = new TextDecoder().decode(Buffer.concat(chunks, size));
      checkShape(text, limits);
      c.req.raw = new Request(c.req.raw, { body: text });
      await next();
    } finally {
      taken -= mine;
    }
    return undefined;
  };
}

async function* chunksOf({ body }: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch {
    ended();
  }
}

/** The client has gone, which is no fault of the agent's. */
function ended(): never {
  throw new Problem('BODY_NOT_JSON', 'the connection ended before the body did');
}

const tooLarge = (largest: number): Problem => new Problem('BODY_TOO_LARGE', `at most ${megabytes(largest)} are read`);

function checkShape(text: string, limits: BodyLimits): void {
  const { values, depth } = jsonShape(text);
  if (values > limits.values) throw new Problem('BODY_TOO_LARGE', `at most ${limits.values} values are read`);
  if (depth > limits.deepest) {
    throw new Problem('BODY_TOO_DEEP', `lists and objects stand in each other at most ${limits.deepest} times`);
  }
}

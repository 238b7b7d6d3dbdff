import type { MiddlewareHandler } from 'hono';
import { type AnswerJournal, fingerprintOf, type KeptAnswer } from '../idempotency/answer-journal.ts';
import { Problem } from './problem.ts';
import type { ApiEnv } from './routes.ts';

const writes: ReadonlySet<string> = new Set(['PUT', 'POST', 'DELETE']);

/**
 * A change with an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) is made once: the same request gets the same
 * answer again, also from an agent that was started after a crash; another request with that key is refused. An answer that
 * says to ask again (5xx) is not kept: what the request had brought about by then counts.
 */
export function idempotency(journal: AnswerJournal): MiddlewareHandler<ApiEnv> {
  const underway = new Map<string, Promise<KeptAnswer>>();
  return async (c, next) => {
    const key = c.req.header('idempotency-key');
    if (key === undefined || !writes.has(c.req.method)) return next();
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      const detail = 'expected 1 to 255 characters of ASCII without blanks, such as a UUID';
      const errors = [{ pointer: '/idempotency-key', detail }];
      throw new Problem('HEADER_INVALID', `idempotency-key: ${detail}`, { errors });
    }
    const { pathname, search } = new URL(c.req.url);
    const preconditions = [c.req.header('if-match'), c.req.header('if-none-match')];
    const fingerprint = fingerprintOf([c.req.method, pathname + search, ...preconditions, await c.req.text()]);
    const known = journal.find(key);
    if (known !== undefined && known.fingerprint !== fingerprint) {
      throw new Problem('IDEMPOTENCY_KEY_REUSED', 'another request had this Idempotency-Key; take a new one');
    }
    const given = known?.answer ?? underway.get(key);
    if (given !== undefined) {
      c.res = responseOf(await given);
      return undefined;
    }
    // It has begun before, in an agent that was killed, or that was stopping: whatever it has brought about is not brought
    // about again.
    if (known !== undefined) c.set('resumed', true);
    const answered = Promise.withResolvers<KeptAnswer>();
    answered.promise.catch(() => {});
    underway.set(key, answered.promise);
    try {
      if (known === undefined) await journal.begin(key, fingerprint);
      await next();
      const answer = await kept(c.res);
      // What was brought about is told even if it cannot be noted: the key has begun, which is on the disk.
      if (answer.status < 500) await journal.answer(key, answer).catch(() => {});
      answered.resolve(answer);
    } catch (error) {
      answered.reject(error);
      throw error;
    } finally {
      underway.delete(key);
    }
    return undefined;
  };
}

const kept = async (response: Response): Promise<KeptAnswer> => ({
  status: response.status,
  headers: [...response.headers],
  body: await response.clone().text(),
});

const responseOf = ({ status, headers, body }: KeptAnswer): Response =>
  new Response(body === '' ? null : body, {
    status,
    headers: [...headers.map(([name, value]): [string, string] => [name, value]), ['idempotency-replayed', 'true']],
  });

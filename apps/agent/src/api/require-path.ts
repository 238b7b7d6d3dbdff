import type { Hono, MiddlewareHandler } from 'hono';
import { Problem } from './problem.ts';
import type { ApiEnv } from './routes.ts';

/**
 * Says, before anything is read, that there is no such path, or which methods the path has (RFC 9110, 15.5.6): a client
 * that is told that there is no such path looks for the mistake in its address.
 *
 * It throws Problem `NOT_FOUND`, `METHOD_NOT_ALLOWED`.
 *
 * @param app whose routes count; they are complete when the first request comes
 */
export function requirePath(app: Pick<Hono<ApiEnv>, 'routes'>): MiddlewareHandler<ApiEnv> {
  let paths: readonly Path[] | undefined;
  return async (c, next) => {
    paths ??= pathsOf(app);
    const { method, path } = c.req;
    const allowed = new Set(paths.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods));
    if (allowed.has(method)) return next();
    const asked = [method.slice(0, 20), path.slice(0, 256)];
    if (allowed.size === 0) {
      throw new Problem('NOT_FOUND', `${asked.join(' ')} does not exist; GET /openapi.json has what does`);
    }
    const allow = [...allowed].sort().join(', ');
    throw new Problem('METHOD_NOT_ALLOWED', `${asked.join(' ')} does not exist; the path has ${allow}`, {
      headers: { allow },
    });
  };
}

interface Path {
  pattern: RegExp;
  methods: readonly string[];
}

/** What middleware takes has the method ALL, and is no path of its own. HEAD is there where GET is. */
const pathsOf = ({ routes }: Pick<Hono<ApiEnv>, 'routes'>): Path[] =>
  routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ pattern: patternOf(path), methods: method === 'GET' ? [method, 'HEAD'] : [method] }));

/** A path of hono's, where `:name` is any one segment. */
const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll('.', '\\.').replace(/:[^/]+/g, '[^/]+')}$`);

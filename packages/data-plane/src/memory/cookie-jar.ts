import { createHash } from 'node:crypto';
import type { CookieSpec } from './config/cookie.ts';
import type { Server } from './server.ts';
import type { Cookies } from './traffic.ts';

/** A server's value with `dynamic`. HAProxy uses another hash of the same data (server.c, srv_set_dyncookie). */
export const dynamicValue = (key: string, { ip, port }: Pick<Server, 'ip' | 'port'>): string =>
  createHash('sha256').update(`${ip}:${port} ${key}`).digest('hex').slice(0, 16);

/** The server's value in a request's cookie; in `prefix` mode it stands before the member's own. */
export function cookieValue(spec: CookieSpec, cookies: Cookies): string | undefined {
  const value = cookies[spec.name];
  return spec.mode === 'prefix' ? value?.split('~')[0] : value;
}

/**
 * The cookies that a client receives.
 *
 * @param set cookies that the member has set.
 * @param known whether the client reached the server by its cookie.
 */
export function cookiesOfAnswer(spec: CookieSpec, set: Cookies, server: Server, known: boolean): Cookies {
  const value = server.cookie;
  if (value === undefined) return set;
  const own = set[spec.name];
  switch (spec.mode) {
    case 'insert':
      return known || spec.postonly ? set : { ...set, [spec.name]: value };
    case 'rewrite':
      return own === undefined ? set : { ...set, [spec.name]: value };
    case 'prefix':
      return own === undefined ? set : { ...set, [spec.name]: `${value}~${own}` };
  }
}

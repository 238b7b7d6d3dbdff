import type { Stickiness } from '@limpet/contract';
import type { Refusal } from '../../refusal.ts';

/**
 * Refuses options that HAProxy accepts and ignores. `indirect` needs a cookie of the load balancer's own, which members
 * do not see; `postonly` and `domain` apply only to cookies that HAProxy adds (configuration manual, `cookie`). Pure.
 */
export function validateStickiness(stickiness: Stickiness): Refusal | undefined {
  if (stickiness.method !== 'LbCookie') return undefined;
  const { mode, indirect, postonly, domains } = stickiness;
  const topLevel = domains.find((domain) => !domain.includes('.'));
  if (topLevel !== undefined) {
    return {
      reason: 'CookieDomainUnusable',
      message: `stickiness.domains: browsers take no cookie for all of "${topLevel}" (RFC 6265, 5.3); name a domain with a dot in it`,
    };
  }
  if (mode === 'insert') return undefined;
  const field = indirect ? 'indirect' : postonly ? 'postonly' : domains.length > 0 ? 'domains' : undefined;
  if (field === undefined) return undefined;
  return {
    reason: 'CookieOptionUnavailable',
    message: `stickiness.${field}: only with mode insert; with ${mode} the members' own cookie is used, as they set it`,
  };
}

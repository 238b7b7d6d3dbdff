import type { Stickiness } from '@limpet/contract';
import type { Refusal } from './refusal.ts';

/**
 * What HAProxy takes and does not do: `indirect` needs the load balancer's cookie to be one of its own, which members need
 * not see; `postonly` and `domain` are about cookies that are added (configuration manual, `cookie`). Pure.
 */
export function validateStickiness(stickiness: Stickiness): Refusal | undefined {
  if (stickiness.method !== 'LbCookie') return undefined;
  const { mode, indirect, postonly, domains } = stickiness;
  const whole = domains.find((domain) => !domain.includes('.'));
  if (whole !== undefined) {
    return {
      reason: 'CookieDomainUnusable',
      message: `stickiness.domains: browsers take no cookie for all of "${whole}" (RFC 6265, 5.3); name a domain with a dot in it`,
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

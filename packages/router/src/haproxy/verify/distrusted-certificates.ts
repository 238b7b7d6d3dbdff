import type { RuleRecord } from '@limpet/contract';
import { ruleId } from '../../names.ts';
import type { Certificates } from '../config/certificates.ts';

/** By rule id, why clients do not trust its certificate now, in words. */
export type DistrustedCertificates = ReadonlyMap<string, string>;

/**
 * HAProxy serves a certificate outside its validity as it does any other, and so does CloudStack's router: the rule is in
 * force, and it is said why clients turn away.
 *
 * @param now milliseconds since 1970
 */
export function distrustedCertificates(
  rules: Iterable<RuleRecord>,
  certificates: Certificates,
  now: number,
): DistrustedCertificates {
  const told = new Map<string, string>();
  for (const rule of rules) {
    const certificate = rule.certificate === undefined ? undefined : certificates.get(rule.certificate);
    if (!certificate?.ok) continue;
    const { from, to } = certificate.validity;
    const why =
      now > to.getTime()
        ? `expired on ${to.toISOString()}`
        : now < from.getTime()
          ? `is not valid before ${from.toISOString()}`
          : undefined;
    if (why) told.set(ruleId(rule), `clients do not trust its certificate: ${rule.certificate} ${why}`);
  }
  return told;
}

import type { RuleRecord } from '@limpet/contract';
import { z } from 'zod';
import { proxyName } from '../names.ts';
import type { Notes } from './notes.ts';

/** A certificate of a databag, with its chain and key, for the file that its rule reads. */
export interface DatabagCertificate {
  /** `rules[0].ssl_certs[0]` */
  place: string;
  /** The name of its rule's section. */
  name: string;
  /** The file that the rule's `bind` names. */
  file: string;
  /** The text that CloudStack's router writes there. */
  pem: string;
}

/** CloudStack's `LoadBalancerRule.SslCertEntry`. The router makes no use of `password`. */
const certificateSchema = z.looseObject({
  name: z.string(),
  cert: z.string(),
  key: z.string(),
  chain: z.string().nullish(),
});

/**
 * The certificates of `ssl_certs`, of which CloudStack's router writes each to a file (CsLoadBalancer, `_create_pem_for_sslcert`). One
 * that no rule reads is noted.
 *
 * @param place of the list
 */
export function readCertificates(
  value: unknown,
  place: string,
  rules: readonly RuleRecord[],
  notes: Notes,
): DatabagCertificate[] {
  const parsed = z.array(z.unknown()).nullish().safeParse(value);
  if (!parsed.success) {
    notes.add({ place, text: 'ssl_certs' }, 'is no list of certificates');
    return [];
  }
  const files = new Map(rules.map((rule) => [proxyName(rule), rule.certificate]));
  return (parsed.data ?? []).flatMap((entry, at) => {
    const where = `${place}[${at}]`;
    const read = certificateSchema.safeParse(entry);
    if (!read.success) {
      notes.add({ place: where, text: 'ssl_certs' }, 'has no "name", "cert" and "key" that are texts');
      return [];
    }
    const { name, cert, chain, key } = read.data;
    const file = files.get(name);
    if (file?.endsWith(`/${name}.pem`)) {
      const pem = [cert, chain ?? '', key].map((block) => block.replaceAll('\r\n', '\n')).join('\n');
      return { place: where, name, file, pem };
    }
    const instead = file === undefined ? 'no rule reads this certificate' : `its rule reads ${file}`;
    notes.add({ place: where, text: name }, instead);
    return [];
  });
}

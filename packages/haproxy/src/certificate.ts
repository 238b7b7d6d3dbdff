import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A PEM file with a chain and its key, or why it cannot be used. */
export type Certificate =
  | {
      ok: true;
      pem: string;
      sha1: string;
      /** From when to when clients trust the site's own certificate. */
      validity: { from: Date; to: Date };
    }
  | { ok: false; problem: string };

/**
 * Reads a PEM text as HAProxy does: the first certificate is the site's own, and the key has to be its. Pure.
 *
 * `pem` has a canonical form, the same for all files that mean the same: certificate, chain and key in this order, each
 * once and encoded anew, without comments. A blank line would end it on HAProxy's CLI; it has none.
 */
export function readCertificate(text: string | undefined): Certificate {
  if (text === undefined) return { ok: false, problem: 'there is no such file on the router' };
  try {
    const certificate = new X509Certificate(text);
    const key = createPrivateKey(text);
    if (!certificate.checkPrivateKey(key)) {
      return { ok: false, problem: 'its private key belongs to another certificate' };
    }
    const certificates = blocksOf(text, 'CERTIFICATE').map((block) => new X509Certificate(block).toString());
    const pem = [
      ...certificates,
      key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ...blocksOf(text, 'DH PARAMETERS'),
    ].map((block) => block.trim());
    return {
      ok: true,
      pem: [...new Set(pem)].join('\n'),
      sha1: certificate.fingerprint.replaceAll(':', ''),
      validity: { from: certificate.validFromDate, to: certificate.validToDate },
    };
  } catch {
    return { ok: false, problem: 'it does not hold a certificate and its unencrypted private key as PEM' };
  }
}

const blocksOf = (text: string, label: string): string[] =>
  text
    .replace(/\r|[ \t]+$/gm, '')
    .match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`, 'g'))
    ?.map((block) => block.replace(/\n\s*\n/g, '\n')) ?? [];

import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A PEM file with a chain and its key, or why it cannot be used. */
export type Certificate = { ok: true; pem: string; sha1: string } | { ok: false; problem: string };

/** Reads a PEM text as HAProxy does: the first certificate is the site's own, and the key has to be its. Pure. */
export function readCertificate(text: string | undefined): Certificate {
  if (text === undefined) return { ok: false, problem: 'there is no such file on the router' };
  try {
    const certificate = new X509Certificate(text);
    if (!certificate.checkPrivateKey(createPrivateKey(text))) {
      return { ok: false, problem: 'its private key belongs to another certificate' };
    }
    // A blank line would end it on HAProxy's CLI; PEM does without.
    const pem = text
      .replace(/\r/g, '')
      .replace(/\n\s*\n/g, '\n')
      .trim();
    return { ok: true, pem, sha1: certificate.fingerprint.replaceAll(':', '') };
  } catch {
    return { ok: false, problem: 'it does not hold a certificate and its unencrypted private key as PEM' };
  }
}

import { type Certificate, readCertificate as read } from '@limpet/haproxy';

/** Texts that are remembered; more come only when somebody renews certificates again and again. */
const MOST = 64;
const known = new Map<string, Certificate>();

/** As `readCertificate` of `@limpet/haproxy`: OpenSSL takes a millisecond, and each configuration has the same few texts. */
export function readCertificate(text: string | undefined): Certificate {
  if (text === undefined) return read(text);
  const found = known.get(text) ?? read(text);
  if (known.size >= MOST) known.clear();
  known.set(text, found);
  return found;
}

import { readFileSync } from 'node:fs';

/** An answer of HAProxy 2.6.12, as recorded. */
export const fixture = (name: string): string =>
  readFileSync(new URL(`../testdata/${name}.txt`, import.meta.url), 'utf8');

/** A self-signed certificate with its key, for tests only. */
export const certificate = {
  url: new URL('../testdata/certificate.pem', import.meta.url),
  pem: readFileSync(new URL('../testdata/certificate.pem', import.meta.url), 'utf8'),
};

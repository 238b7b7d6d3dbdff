import type { Certificate } from '@limpet/haproxy';

/** A certificate that can be used at any time. */
export const usableCertificate = (pem: string, sha1: string): Certificate => ({
  ok: true,
  pem,
  sha1,
  validity: { from: new Date(0), to: new Date(8.64e15) },
});

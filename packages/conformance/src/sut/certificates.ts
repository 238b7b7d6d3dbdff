/**
 * Two certificates that a rule can have, at paths that are the same on every host.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DataPlane } from '@limpet/data-plane';

const texts: ReadonlyMap<string, string> = new Map(
  ['one', 'other'].map((name) => [
    `/run/limpet/${name}.pem`,
    readFileSync(new URL(`./certificates/${name}.pem`, import.meta.url), 'utf8'),
  ]),
);

/** Paths, as rules have them. */
export const certificates: readonly string[] = [...texts.keys()];

/** Writes the certificates to the files of a data plane in memory. */
export async function writeCertificates(files: Pick<DataPlane['files'], 'write'>): Promise<void> {
  for (const [path, text] of texts) await files.write(path, text);
}

/** Writes the certificates to the disk that all labs of a sandbox share, by rename from `folder`: other labs write at the same time. */
export async function shareCertificates(folder: string): Promise<void> {
  for (const [path, text] of texts) {
    const own = join(folder, basename(path));
    await writeFile(own, text);
    await rename(own, path);
  }
}

const fingerprints = new Map(
  [...texts].map(([path, text]) => [new X509Certificate(text).fingerprint.replaceAll(':', ''), path]),
);

/** The path of the certificate in an answer to `show ssl cert FILE`; the fingerprint of an unknown one, or `none`. */
export function certificateIn(shown: string): string {
  const sha1 = /^SHA1 FingerPrint: (\S+)/m.exec(shown)?.[1];
  return fingerprints.get(sha1 ?? '') ?? sha1 ?? 'none';
}

import type { RuleRecord } from '@limpet/contract';
import type { Files } from '@limpet/data-plane';
import { type Certificate, readCertificate } from '@limpet/haproxy';
import type { RouterPaths } from './paths.ts';

/** By the file's path. */
export type Certificates = ReadonlyMap<string, Certificate>;

/** A certificate chain with its key has some kilobytes: a much longer file is refused without being read. */
const maxBytes = 1024 * 1024;

/** The certificate files that these rules name, each once. */
export const certificateFiles = (rules: Iterable<RuleRecord>): string[] => [
  ...new Set([...rules].flatMap(({ certificate }) => certificate ?? [])),
];

/**
 * Copies usable certificates to where HAProxy reads them: a file that breaks later must not fail the reload that
 * another rule needs (B12).
 */
export async function installCertificates(
  files: Pick<Files, 'read' | 'write'>,
  paths: Pick<RouterPaths, 'certificate'>,
  certificates: Certificates,
): Promise<void> {
  for (const [file, certificate] of certificates) {
    const copy = paths.certificate(file);
    const text = certificate.ok ? `${certificate.pem}\n` : undefined;
    if (text !== undefined && (await files.read(copy)) !== text) await files.write(copy, text);
  }
}

/** Why a file does not hold this certificate with its chain and key; undefined when it does. */
export async function whyNotIn(file: string, pem: string, files: Pick<Files, 'read'>): Promise<string | undefined> {
  const wanted = readCertificate(pem);
  if (!wanted.ok) return `it cannot be used: ${wanted.problem}`;
  const found = await readFile(files, file);
  if (!found.ok) return `the file cannot be used: ${found.problem}`;
  return found.pem === wanted.pem ? undefined : 'the file holds another certificate, or another key or chain of it';
}

/** Reads the certificates that these rules name. A file that cannot be read is in the result, with its problem. */
export async function readCertificates(files: Pick<Files, 'read'>, rules: Iterable<RuleRecord>): Promise<Certificates> {
  const read = async (path: string): Promise<[string, Certificate]> => [path, await readFile(files, path)];
  return new Map(await Promise.all(certificateFiles(rules).map(read)));
}

async function readFile(files: Pick<Files, 'read'>, path: string): Promise<Certificate> {
  try {
    return readCertificate(await files.read(path, maxBytes));
  } catch (error) {
    return { ok: false, problem: (error as Error).message };
  }
}

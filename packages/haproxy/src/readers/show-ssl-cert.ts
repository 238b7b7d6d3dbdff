import { linesOf, unexpected } from './unexpected.ts';

/** The certificates that HAProxy holds in memory. */
export interface SslCertificates {
  /** By the file that each was loaded from. */
  files: string[];
  /** The file of `set ssl cert` that waits for `commit ssl cert` or `abort ssl cert`. */
  transaction?: string;
}

/** One certificate of `show ssl cert FILE`. */
export interface SslCertificate {
  file: string;
  /** Set, and not yet committed: asked for as `*FILE`. */
  transaction: boolean;
  /** `Used`, `Unused`, or `Empty` (made by `new ssl cert`: it has no other field). */
  status: string;
  serial?: string;
  notBefore?: Date;
  notAfter?: Date;
  /** Upper-case hexadecimal, without colons. */
  sha1?: string;
  subject?: string;
  /** All fields by HAProxy's own names. */
  fields: Record<string, string>;
}

/**
 * Reads the list that `show ssl cert` gives: nothing at all when there is none.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readSslCertificates(text: string): SslCertificates {
  const certificates: SslCertificates = { files: [] };
  let heading: string | undefined;
  for (const line of linesOf(text)) {
    if (line === '# transaction' || line === '# filename') heading = line;
    else if (heading === '# transaction' && line.startsWith('*')) certificates.transaction = line.slice(1);
    else if (heading === '# filename') certificates.files.push(line);
    else throw unexpected('show ssl cert', line);
  }
  return certificates;
}

/**
 * Reads `show ssl cert FILE`.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`, also for an unknown file.
 */
export function readSslCertificate(text: string): SslCertificate {
  const fields: Record<string, string> = {};
  for (const line of linesOf(text)) {
    const match = /^([A-Za-z0-9 ]+): ?(.*)$/.exec(line);
    if (!match) throw unexpected('show ssl cert FILE', line);
    fields[match[1]!] = match[2]!;
  }
  const { Filename: name, Status: status, Serial: serial, Subject: subject } = fields;
  if (name === undefined || status === undefined) throw unexpected('show ssl cert FILE', text);
  const certificate: SslCertificate = {
    file: name.replace(/^\*/, ''),
    transaction: name.startsWith('*'),
    status,
    fields,
  };
  if (serial !== undefined) certificate.serial = serial;
  if (subject !== undefined) certificate.subject = subject;
  if (fields['SHA1 FingerPrint'] !== undefined) certificate.sha1 = fields['SHA1 FingerPrint'];
  for (const end of ['notBefore', 'notAfter'] as const) {
    const date = fields[end];
    if (date !== undefined) certificate[end] = readDate(date);
  }
  return certificate;
}

/** `Nov 23 08:03:31 2026 GMT`, as OpenSSL prints it. */
function readDate(text: string): Date {
  const date = new Date(text);
  if (!/ GMT$/.test(text) || Number.isNaN(date.getTime())) throw unexpected('show ssl cert FILE', text);
  return date;
}

import { ruleRecordSchema, tlsOptionsSchema } from '@limpet/contract';
import { readTlsOptions } from '../tls-options.ts';
import { checked } from './checked.ts';
import type { ConfigLine } from './lines.ts';
import { type Draft, inconsistent } from './rule-draft.ts';
import { syntax } from './sections.ts';

/** `bind IP:PORT`, and for `ssl` rules ` ssl crt FILE` with TLS options. */
export function readBind(draft: Draft, line: ConfigLine): void {
  const [, address, ...options] = line.words;
  const expected = `${draft.key.ip}:${draft.key.port}`;
  if (address !== expected)
    throw inconsistent(line, `"${line.text}" should be "bind ${expected}", as the section's name says`);
  if (draft.bound) throw inconsistent(line, 'a second bind; a rule listens on one address and port');
  draft.bound = true;
  if (options.length === 0) return;
  const [ssl, crt, file, ...rest] = options;
  const { tls, left } = readTlsOptions(rest);
  if (ssl !== 'ssl' || crt !== 'crt' || file === undefined || left.length > 0) {
    throw syntax(line, `"${line.text}" should be "bind ${expected} ssl crt FILE" with CloudStack's TLS options`);
  }
  draft.certificate = checked(ruleRecordSchema.shape.certificate, file, line)!;
  // Without "alpn", HAProxy up to 2.8 offers no HTTP/2.
  draft.tls = checked(tlsOptionsSchema, { http2: false, ...tls }, line);
}

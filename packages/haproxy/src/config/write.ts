import { HaproxyError } from '../errors.ts';
import type { Line, Section, SectionKind } from './file.ts';

const safe = /^[A-Za-z0-9_.:@/,(){}=+*%!<>-]+$/;

/** MAX_LINE_ARGS of HAProxy 2.6: it refuses a line of more words. */
const maxWords = 64;

/**
 * One word of a line, checked against an allow-list: a value that came from outside cannot begin another word, line,
 * comment, quote or variable (`haproxy -c` accepts what such a value injects).
 *
 * @throws HaproxyError `HAPROXY_CONFIG_TOKEN`.
 */
export function token(value: string | number): string {
  const word = String(value);
  if (!safe.test(word)) {
    throw new HaproxyError(
      'HAPROXY_CONFIG_TOKEN',
      `${JSON.stringify(word)} cannot stand in haproxy.cfg: a word holds letters, digits and _ . : @ / , ( ) { } = + * % ! < > - only`,
    );
  }
  return word;
}

/** A line of safe words. */
export function line(...words: readonly (string | number)[]): Line {
  const safeWords = words.map(token);
  if (safeWords.length === 0 || safeWords.length > maxWords) {
    throw new HaproxyError(
      'HAPROXY_CONFIG_TOKEN',
      `a line of haproxy.cfg holds 1 to ${maxWords} words, not ${safeWords.length} ("${safeWords.slice(0, 3).join(' ')} ..."); split it`,
    );
  }
  return { text: safeWords.join(' '), words: safeWords };
}

/**
 * A section to write.
 *
 * @example
 * section('listen', 'web', [['mode', 'tcp'], ['bind', '127.0.0.1:80']]);
 */
export function section(
  kind: SectionKind,
  name: string | undefined,
  lines: readonly (readonly (string | number)[])[],
): Section {
  const written = lines.map((words) => line(...words));
  return name === undefined ? { kind, lines: written } : { kind, name: token(name), lines: written };
}

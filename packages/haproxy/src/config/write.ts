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

/** A word in quotes; see {@link quoted}. */
export interface Quoted {
  quoted: string;
}

/** A word to write: safe as it is, or in quotes. */
export type Word = string | number | Quoted;

/**
 * A word that may hold anything but control characters, as the realm of the statistics page: it is written in quotes,
 * with whatever HAProxy would read in them escaped.
 *
 * @throws HaproxyError `HAPROXY_CONFIG_TOKEN`.
 */
export function quoted(value: string): Quoted {
  // A line break would be a second line, and at an empty word HAProxy stops to read the line.
  if (value === '' || /\p{Cc}/u.test(value) || !value.isWellFormed()) {
    throw new HaproxyError(
      'HAPROXY_CONFIG_TOKEN',
      `${JSON.stringify(value)} cannot stand in haproxy.cfg, not even in quotes: it is empty or holds control characters`,
    );
  }
  return { quoted: value };
}

const textOf = (word: Word): string =>
  typeof word === 'object' ? `"${quoted(word.quoted).quoted.replace(/[\\"$]/g, '\\$&')}"` : token(word);

function lineText(words: readonly Word[]): string {
  let text = '';
  for (const word of words) text += text === '' ? textOf(word) : ` ${textOf(word)}`;
  if (words.length === 0 || words.length > maxWords) {
    throw new HaproxyError(
      'HAPROXY_CONFIG_TOKEN',
      `a line of haproxy.cfg holds 1 to ${maxWords} words, not ${words.length} ("${text.slice(0, 60)} ..."); split it`,
    );
  }
  return text;
}

/** A line of safe words. */
export const line = (...words: readonly Word[]): Line => ({
  text: lineText(words),
  words: words.map((word) => (typeof word === 'object' ? word.quoted : String(word))),
});

/** The text of lines of a section, as `renderConfig` writes them. For thousands of sections, it takes half as long. */
export function linesText(lines: readonly (readonly Word[])[]): string {
  let text = '';
  for (const words of lines) text += `  ${lineText(words)}\n`;
  return text;
}

/**
 * A section to write.
 *
 * @example
 * section('listen', 'web', [['mode', 'tcp'], ['bind', '127.0.0.1:80']]);
 */
export function section(kind: SectionKind, name: string | undefined, lines: readonly (readonly Word[])[]): Section {
  const written = lines.map((words) => line(...words));
  return name === undefined ? { kind, lines: written } : { kind, name: token(name), lines: written };
}

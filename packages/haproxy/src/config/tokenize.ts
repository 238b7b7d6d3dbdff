import { HaproxyError } from '../errors.ts';
import type { Line } from './file.ts';

const escapes: Record<string, string> = {
  ' ': ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '#': '#',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Splits one line as HAProxy 2.6 does (`parse_line` in src/tools.c; the rules were read off `setenv` and `show env`):
 * blanks separate, `#` begins a comment, `'..'` is literal, in `".."` a backslash escapes also `$`, and a backslash
 * before any other character stays. Undefined for a blank or comment line.
 *
 * @param number Line number for the message of `HAPROXY_CONFIG_SYNTAX`.
 */
export function tokenizeLine(source: string, number: number): Line | undefined {
  const words: string[] = [];
  let word = '';
  let inWord = false;
  let expands = false;
  let quote = '';
  let start = -1;
  let end = 0;
  let at = 0;
  for (; at < source.length; at++) {
    const char = source[at]!;
    if (quote === '' && (char === ' ' || char === '\t' || char === '\r')) {
      if (inWord) words.push(word);
      word = '';
      inWord = false;
      continue;
    }
    if (quote === '' && char === '#') break;
    if (start < 0) start = at;
    inWord = true;
    if (char === quote) {
      quote = '';
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
    } else if (char === '\\' && quote !== "'") {
      const { text, length } = readEscape(source, at, quote === '"', number);
      word += text;
      at += length - 1;
    } else {
      if (char === '$' && quote === '"') expands = true;
      word += char;
    }
    end = at + 1;
  }
  if (quote !== '') throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `line ${number}: a quote ${quote} is never closed`);
  if (inWord) words.push(word);
  if (words.length === 0) return undefined;
  const line: Line = { text: source.slice(start, end), words };
  if (expands) line.expands = true;
  return line;
}

function readEscape(source: string, at: number, weak: boolean, number: number): { text: string; length: number } {
  const next = source[at + 1] ?? '';
  const known = escapes[next];
  if (known !== undefined) return { text: known, length: 2 };
  if (weak && next === '$') return { text: '$', length: 2 };
  if (next === 'x') {
    const hex = /^[0-9A-Fa-f]{2}/.exec(source.slice(at + 2, at + 4));
    if (!hex) {
      throw new HaproxyError(
        'HAPROXY_CONFIG_SYNTAX',
        `line ${number}: "\\x" must be followed by two hexadecimal digits`,
      );
    }
    return { text: String.fromCharCode(Number.parseInt(hex[0], 16)), length: 4 };
  }
  return { text: '\\', length: 1 };
}

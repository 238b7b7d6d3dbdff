import { IptablesError } from './errors.ts';

/** What iptables-restore takes of one word, with its NUL (`struct xt_param_buf` in iptables/xshared.h). */
const maxWordBytes = 1023;

/**
 * Splits a rule as iptables-restore does (`add_param_to_argv` in iptables/xshared.c): blanks separate, `"` opens and
 * ends a quoted word, in which a backslash stands before a character that is meant as it is.
 *
 * @throws IptablesError `IPTABLES_RULE` for a quote that is never closed.
 */
export function ruleWords(rule: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = false;
  let escaped = false;
  const end = () => {
    words.push(word);
    word = '';
  };
  for (const char of rule) {
    if (quote && (escaped || (char !== '\\' && char !== '"'))) {
      word += char;
      escaped = false;
    } else if (quote && char === '\\') {
      escaped = true;
    } else if (char === '"') {
      if (quote) end();
      quote = !quote;
    } else if (char !== ' ' && char !== '\t') {
      word += char;
    } else if (word !== '') {
      end();
    }
  }
  if (quote) throw new IptablesError('IPTABLES_RULE', `${JSON.stringify(rule)}: a quote is never closed`);
  if (word !== '') end();
  return words;
}

/**
 * A rule of these words: each comes out as one word, whatever is in it.
 *
 * @example
 * ruleOf('-p', 'tcp', '--dport', 80, '-m', 'comment', '--comment', 'of "web"', '-j', 'ACCEPT');
 * @throws IptablesError `IPTABLES_RULE` for a word with control characters, and for one that is too long.
 */
export function ruleOf(...words: readonly (string | number)[]): string {
  return words.map((word) => quote(String(word))).join(' ');
}

function quote(word: string): string {
  if (/\p{Cc}/u.test(word) || !word.isWellFormed() || Buffer.byteLength(word) > maxWordBytes) {
    throw new IptablesError(
      'IPTABLES_RULE',
      `${JSON.stringify(word.slice(0, 80))} cannot be a word of a rule: it holds control characters, or more than ${maxWordBytes} bytes`,
    );
  }
  return /^[^\s"'\\]+$/.test(word) ? word : `"${word.replace(/["'\\]/g, '\\$&')}"`;
}

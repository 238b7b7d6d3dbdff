import { HaproxyError } from '../../errors.ts';

/** Reads the words of a line after its keyword into a statement, and writes them. */
export interface Codec<S> {
  /** @throws HaproxyError `HAPROXY_CONFIG_SYNTAX`. */
  read(words: readonly string[]): S;
  write(statement: S): (string | number)[];
}

/** The error for words that are not what a line takes. */
export const syntax = (message: string): HaproxyError => new HaproxyError('HAPROXY_CONFIG_SYNTAX', message);

/** One of the known words. */
export function oneOf<const T extends string>(known: readonly T[], word: string | undefined, what: string): T {
  const found = known.find((candidate) => candidate === word);
  if (found === undefined) throw syntax(`"${word ?? ''}" is no ${what} that is known here; use ${known.join(', ')}`);
  return found;
}

/** Refuses a number of words that a line does not take. */
export function expectWords(words: readonly string[], least: number, most = least): void {
  if (words.length >= least && words.length <= most) return;
  const range = least === most ? String(least) : `${least} to ${Number.isFinite(most) ? most : 'any number of'}`;
  throw syntax(`it takes ${range} words after the keyword, not ${words.length}`);
}

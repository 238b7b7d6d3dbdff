import { syntax } from './codec.ts';

/** `if { src 10.0.0.0/8 } !local`: when a line applies. */
export interface Condition {
  test: 'if' | 'unless';
  words: string[];
}

/** Splits words at the first `if` or `unless`. */
export function splitCondition(words: readonly string[]): [before: string[], condition?: Condition] {
  const at = words.findIndex((word) => word === 'if' || word === 'unless');
  if (at < 0) return [[...words]];
  if (at === words.length - 1) throw syntax(`nothing stands after "${words[at]}"`);
  return [words.slice(0, at), { test: words[at] as Condition['test'], words: words.slice(at + 1) }];
}

/** The words of a condition at the end of a line, `if` or `unless` first; none without a condition. */
export const conditionWords = (condition: Condition | undefined): string[] =>
  condition ? [condition.test, ...condition.words] : [];

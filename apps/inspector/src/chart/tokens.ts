/** A piece of text that is not broken, and what it is. */
export interface Token {
  readonly text: string;
  readonly style: 'event' | 'always' | 'guard' | 'action' | 'command' | 'muted';
}

/** A line of text. */
export type Line = readonly Token[];

/** Longer names are cut; the panel beside the chart has them whole. */
const LONGEST = 44;

/** A token, cut to what a chart can hold. */
export function token(text: string, style: Token['style']): Token {
  return { text: text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text, style };
}

/** Lines of at most `width` characters, with a blank between tokens; a token that is longer has a line of its own. */
export function wrap(tokens: readonly Token[], width: number): Line[] {
  const lines: Token[][] = [];
  for (const each of tokens) {
    const line = lines.at(-1);
    if (line !== undefined && lengthOf(line) + 1 + each.text.length <= width) line.push(each);
    else lines.push([each]);
  }
  return lines;
}

/** Characters of a line. */
export function lengthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, Math.max(0, line.length - 1));
}

const SHOWN = 5;

/**
 * A short difference of two texts: line number, then up to five lines as they are (`-`) and as they should be (`+`), without the common head
 * and tail. Empty when the texts are the same.
 */
export function describeDifference(actual: string, expected: string): string {
  if (actual === expected) return '';
  const is = actual.split('\n');
  const should = expected.split('\n');
  let head = 0;
  while (head < Math.min(is.length, should.length) && is[head] === should[head]) head++;
  let tail = 0;
  while (tail < Math.min(is.length, should.length) - head && is.at(-1 - tail) === should.at(-1 - tail)) tail++;
  return [
    `line ${head + 1}:`,
    ...shorten('-', is.slice(head, is.length - tail)),
    ...shorten('+', should.slice(head, should.length - tail)),
  ].join('\n');
}

function shorten(sign: string, lines: readonly string[]): string[] {
  const shown = lines.slice(0, SHOWN).map((line) => `${sign} ${line}`);
  return lines.length > SHOWN ? [...shown, `${sign} ... ${lines.length - SHOWN} more lines`] : shown;
}

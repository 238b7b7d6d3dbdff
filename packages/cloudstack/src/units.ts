/**
 * Sizes and times of a `stick-table` line: HAProxy's k and m are powers of 1024 (`parse_size_err`), and its times have
 * units s, m, h and d here. Both are written with the largest unit that is exact, so that CloudStack's defaults come out
 * as it writes them (`200k`, `30m`).
 *
 * @module
 */

const sizeUnits = [
  ['g', 1024 ** 3],
  ['m', 1024 ** 2],
  ['k', 1024],
] as const;
const timeUnits = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** `200k` as a number of entries; undefined when it is no such size. */
export function parseTableSize(word: string): number | undefined {
  const match = /^(\d{1,15})([kmg])?$/.exec(word);
  if (!match) return undefined;
  return Number(match[1]) * (sizeUnits.find(([unit]) => unit === match[2])?.[1] ?? 1);
}

/** `30m` in seconds; undefined when it is no such time. Without a unit HAProxy would read milliseconds. */
export function parseExpire(word: string): number | undefined {
  const match = /^(\d{1,15})([smhd])$/.exec(word);
  if (!match) return undefined;
  return Number(match[1]) * timeUnits.find(([unit]) => unit === match[2])![1];
}

/** A `timeout` in milliseconds, which is HAProxy's unit where there is none; undefined when it is no such time. */
export function parseTimeout(word: string): number | undefined {
  const match = /^(\d{1,15})(ms)?$/.exec(word);
  if (match) return Number(match[1]);
  const seconds = parseExpire(word);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** A number of entries with the largest unit that is exact: 204,800 is `200k`, 1,000 is `1000`. */
export function renderTableSize(entries: number): string {
  const exact = sizeUnits.find(([, factor]) => entries % factor === 0);
  return exact ? `${entries / exact[1]}${exact[0]}` : String(entries);
}

/** Whole seconds with the largest unit that is exact: 1,800 is `30m`, 90 is `90s`. */
export function renderExpire(seconds: number): string {
  const [unit, factor] = timeUnits.find(([, f]) => seconds % f === 0)!;
  return `${seconds / factor}${unit}`;
}

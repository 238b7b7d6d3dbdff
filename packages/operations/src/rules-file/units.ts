const timeUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

/**
 * `30m` in milliseconds; undefined when it is no such time. The unit is required: HAProxy reads a bare number as
 * milliseconds where CloudStack's users mean seconds.
 */
export function parseTime(text: string): number | undefined {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * timeUnits[match[2] as keyof typeof timeUnits] : undefined;
}

/** `200k` as a number; undefined when it is no such size. HAProxy's k is 1024 (`parse_size_err`). */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,12})([kmg])$/.exec(text);
  return match ? Number(match[1]) * sizeUnits[match[2] as keyof typeof sizeUnits] : undefined;
}

/** Milliseconds with the largest unit that is exact: `30m`. */
export const renderTime = (ms: number): string => withUnit(ms, timeUnits);

/** A number with the largest unit that is exact: `200k`. */
export const renderSize = (size: number): string => withUnit(size, sizeUnits);

function withUnit(value: number, units: Readonly<Record<string, number>>): string {
  const exact = Object.entries(units)
    .reverse()
    .find(([, factor]) => value % factor === 0);
  return exact ? `${value / exact[1]}${exact[0]}` : String(value);
}

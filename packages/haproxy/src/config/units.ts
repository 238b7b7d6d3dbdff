import { HaproxyError } from '../errors.ts';

const times: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const sizes: Record<string, number> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `30m` in milliseconds. Without a unit HAProxy reads milliseconds, or (`maxidle` of a cookie) seconds. */
export function parseTime(word: string, defaultUnit: 'ms' | 's' = 'ms'): number {
  const match = /^(\d+)(us|ms|s|m|h|d)?$/.exec(word);
  if (!match)
    throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${word}" is not a time such as 500ms, 30s, 10m, 2h, 1d`);
  return Number(match[1]) * times[match[2] ?? defaultUnit]!;
}

/** Milliseconds as HAProxy reads them, in the largest unit that divides them: `30m`. */
export function formatTime(milliseconds: number): string {
  const unit = ['d', 'h', 'm', 's', 'ms'].find((name) => milliseconds > 0 && milliseconds % times[name]! === 0);
  if (unit !== undefined) return `${milliseconds / times[unit]!}${unit}`;
  return milliseconds === 0 ? '0' : `${Math.round(milliseconds / times.us!)}us`;
}

/** `200k` as a number: HAProxy's k is 1024. */
export function parseSize(word: string): number {
  const match = /^(\d+)([kmg])?$/i.exec(word);
  if (!match) throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${word}" is not a size such as 1000, 200k, 4m`);
  return Number(match[1]) * (match[2] === undefined ? 1 : sizes[match[2].toLowerCase()]!);
}

/** A number as HAProxy 2.6 reads the size of a table (it knows no g): `200k` for 204,800. */
export function formatSize(size: number): string {
  const unit = ['m', 'k'].find((name) => size > 0 && size % sizes[name]! === 0);
  return unit === undefined ? String(size) : `${size / sizes[unit]!}${unit}`;
}

/** A keyword's whole number. */
export function parseCount(keyword: string, word: string | undefined): number {
  if (word === undefined || !/^\d{1,10}$/.test(word)) {
    throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${keyword}" needs a whole number, not "${word ?? ''}"`);
  }
  return Number(word);
}

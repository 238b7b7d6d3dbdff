import { HaproxyError } from '../errors.ts';

const times: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const sizes: Record<string, number> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `30m` in milliseconds. Without a unit HAProxy reads milliseconds. */
export function parseTime(word: string): number {
  const match = /^(\d+)(us|ms|s|m|h|d)?$/.exec(word);
  if (!match)
    throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${word}" is not a time such as 500ms, 30s, 10m, 2h, 1d`);
  return Number(match[1]) * times[match[2] ?? 'ms']!;
}

/** `200k` as a number: HAProxy's k is 1024. */
export function parseSize(word: string): number {
  const match = /^(\d+)([kmg])?$/i.exec(word);
  if (!match) throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${word}" is not a size such as 1000, 200k, 4m`);
  return Number(match[1]) * (match[2] === undefined ? 1 : sizes[match[2].toLowerCase()]!);
}

/** A keyword's whole number. */
export function parseCount(keyword: string, word: string | undefined): number {
  if (word === undefined || !/^\d{1,10}$/.test(word)) {
    throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${keyword}" needs a whole number, not "${word ?? ''}"`);
  }
  return Number(word);
}

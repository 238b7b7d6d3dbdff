import { HaproxyError } from '../errors.ts';

/** `address:port`; an empty address is `*`. */
export function parseAddress(word: string): { address: string; port: number } {
  const colon = word.lastIndexOf(':');
  const port = word.slice(colon + 1);
  if (colon < 0 || !/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${word}" is not ADDRESS:PORT with one port of 0 to 65535`);
  }
  return { address: word.slice(0, colon) || '*', port: Number(port) };
}

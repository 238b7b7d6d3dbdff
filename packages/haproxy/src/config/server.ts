import { HaproxyError } from '../errors.ts';
import { parseAddress } from './address.ts';
import { serverOptions } from './options.ts';
import { parseCount } from './units.ts';

/** A `server` line. */
export interface Server {
  name: string;
  /** The address as written; an IPv4 address in what this project writes. */
  ip: string;
  port: number;
  /** The explicit id; absent: HAProxy numbers by position. */
  id?: number;
  /** Health checks are on. */
  check: boolean;
  /** Starts in maintenance. */
  disabled: boolean;
  weight: number;
  cookie?: string;
  /** All words after the address, those of `default-server` first. */
  options: string[];
}

/** Reads the words of a `server` line after `server`. */
export function parseServer(words: readonly string[], defaults: readonly string[] = []): Server {
  const [name, address, ...own] = words;
  if (name === undefined || address === undefined) {
    throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"server ${words.join(' ')}" needs a name and ADDRESS:PORT`);
  }
  const { address: ip, port } = parseAddress(address);
  const options = [...defaults, ...own];
  const server: Server = { name, ip, port, check: false, disabled: false, weight: 1, options };
  for (let at = 0; at < options.length; at++) {
    const keyword = options[at]!;
    const value = serverOptions.alone.has(keyword) ? undefined : options[++at];
    applyOption(server, keyword, value);
  }
  return server;
}

function applyOption(server: Server, keyword: string, value: string | undefined): void {
  if (keyword === 'check') server.check = true;
  else if (keyword === 'no-check') server.check = false;
  else if (keyword === 'disabled') server.disabled = true;
  else if (keyword === 'enabled') server.disabled = false;
  else if (keyword === 'id') server.id = parseCount(keyword, value);
  else if (keyword === 'weight') server.weight = parseCount(keyword, value);
  else if (keyword === 'cookie' && value !== undefined) server.cookie = value;
}

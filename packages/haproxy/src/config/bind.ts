import { parseAddress } from './address.ts';

/** Where a proxy listens. `options` are the words after the address (`accept-proxy`, `mode`, `600` ...). */
export type Bind = { address: string; port: number; options: string[] } | { unix: string; options: string[] };

/** Reads the words of a `bind` line after `bind`: one address, or several with commas. */
export function parseBind(words: readonly string[]): Bind[] {
  const [addresses = '', ...options] = words;
  return addresses.split(',').map((address): Bind => {
    const path = address.replace(/^unix@/, '');
    return path.startsWith('/') ? { unix: path, options } : { ...parseAddress(address), options };
  });
}

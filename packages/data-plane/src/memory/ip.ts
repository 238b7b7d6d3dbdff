/** An IPv4 address as an unsigned 32-bit number; undefined for anything else. */
export function ipv4ToNumber(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const bytes = match.slice(1).map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** A network of IPv4 addresses. */
export interface Network {
  base: number;
  mask: number;
}

/** `a.b.c.d` or `a.b.c.d/n`; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefix = '32', ...rest] = text.split('/');
  const base = ipv4ToNumber(address);
  if (base === undefined || rest.length > 0 || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return undefined;
  const mask = prefix === '0' ? 0 : (0xffffffff << (32 - Number(prefix))) >>> 0;
  return { base: (base & mask) >>> 0, mask };
}

/** True when `address` is an IPv4 address (a dotted quad) of the network; false for any other text. */
export function inNetwork(address: string, network: Network): boolean {
  const number = ipv4ToNumber(address);
  return number !== undefined && (number & network.mask) >>> 0 === network.base;
}

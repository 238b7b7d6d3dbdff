import { isIPv4 } from 'node:net';
import { LabError } from '../errors.ts';

/** An IPv4 network, ready for comparison. */
export interface Network {
  text: string;
  base: number;
  mask: number;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/**
 * @param field - the name of the value, for the message
 * @throws LabError `LAB_BAD_ADDRESS`
 */
export function checkAddress(field: string, address: string): string {
  if (!isIPv4(address)) throw new LabError('LAB_BAD_ADDRESS', `${field}: '${address}' is not an IPv4 address`);
  return address;
}

/**
 * Reads `a.b.c.d/n` without host bits.
 *
 * @param field - the name of the value, for the message
 * @throws LabError `LAB_BAD_ADDRESS`
 */
export function parseNetwork(field: string, text: string): Network {
  const [address = '', length = '', ...rest] = text.split('/');
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : Number.NaN;
  if (!isIPv4(address) || !(bits >= 1 && bits <= 32) || rest.length > 0) {
    throw new LabError('LAB_BAD_ADDRESS', `${field}: '${text}' is not a network a.b.c.d/n with n from 1 to 32`);
  }
  const mask = (0xffffffff << (32 - bits)) >>> 0;
  const base = toNumber(address);
  if ((base & mask) >>> 0 !== base) {
    throw new LabError('LAB_BAD_ADDRESS', `${field}: '${text}' has host bits set`);
  }
  return { text, base, mask };
}

/** True when the network holds the address. */
export function contains(network: Network, address: string): boolean {
  return (toNumber(address) & network.mask) >>> 0 === network.base;
}

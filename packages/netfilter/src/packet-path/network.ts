/** A set of IPv4 addresses with one mask. Both numbers are signed integers of 32 bits. */
export interface Network {
  bits: number;
  mask: number;
}

/** Of a dotted quad, as a signed integer of 32 bits. */
export const numberOf = (quad: string): number => quad.split('.').reduce((sum, byte) => (sum << 8) | Number(byte), 0);

/** The dotted quad of a number of 32 bits. */
export const quadOf = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');

/** As `iptables-save` prints it: with a prefix, or, where its bits are not in one run, with a mask. */
export function parseNetwork(text: string): Network {
  const [address = '', prefix = '32'] = text.split('/');
  const mask = prefix.includes('.') ? numberOf(prefix) : prefix === '0' ? 0 : -1 << (32 - Number(prefix));
  return { bits: numberOf(address) & mask, mask };
}

/** Whether an address, as a number, is in the network. */
export const contains = ({ bits, mask }: Network, address: number): boolean => (address & mask) === bits;

/** Whether `inner` is a part of `outer`, and not all of it. */
export const isWithin = (inner: Network, outer: Network): boolean =>
  inner.mask !== outer.mask && (inner.mask & outer.mask) === outer.mask && contains(outer, inner.bits);

/** Addresses from `first` to `last`, as numbers. */
interface Range {
  first: number;
  last: number;
}

const numberOf = (ip: string): number => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

const addressOf = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

const rangeOf = (cidr: string): Range => {
  const [ip, length] = cidr.split('/') as [string, string];
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(numberOf(ip) / size) * size;
  return { first, last: first + size - 1 };
};

/** True when one of the networks (`a.b.c.d/n`) contains the IPv4 address `ip`. */
export function admits(cidrs: readonly string[], ip: string): boolean {
  const address = numberOf(ip);
  return cidrs.map(rangeOf).some(({ first, last }) => address >= first && address <= last);
}

/**
 * The one list that stands for these networks: the fewest networks with exactly their addresses, without host bits, in
 * the order of the addresses. `10.1.2.3/8` is `10.0.0.0/8`, whatever else of it is in the list.
 *
 * @returns empty for a list that has all addresses, as for one that names no network: everybody may connect.
 */
export function canonicalNetworks(cidrs: readonly string[]): string[] {
  const networks = merge(cidrs.map(rangeOf)).flatMap(networksOf);
  return networks[0] === '0.0.0.0/0' ? [] : networks;
}

/** Ranges that neither overlap nor touch. */
function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before && first <= before.last + 1) before.last = Math.max(before.last, last);
    else merged.push({ first, last });
  }
  return merged;
}

/** The largest network that begins where the range does and lies in it, and then those of the rest. */
function networksOf({ first, last }: Range): string[] {
  const networks: string[] = [];
  for (let at = first; at <= last; ) {
    let length = 32;
    const sizeOf = (bits: number): number => 2 ** (32 - bits);
    while (length > 0 && at % sizeOf(length - 1) === 0 && at + sizeOf(length - 1) - 1 <= last) length--;
    networks.push(`${addressOf(at)}/${length}`);
    at += sizeOf(length);
  }
  return networks;
}

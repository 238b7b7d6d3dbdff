const bits = (ip: string): number => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

const split = (cidr: string): { base: number; size: number; length: number } => {
  const [ip, length] = cidr.split('/') as [string, string];
  const size = 2 ** (32 - Number(length));
  return { base: Math.floor(bits(ip) / size) * size, size, length: Number(length) };
};

/** True when one of the networks (`a.b.c.d/n`) contains the IPv4 address `ip`. */
export const admits = (cidrs: readonly string[], ip: string): boolean =>
  cidrs.some((cidr) => {
    const { base, size } = split(cidr);
    const address = bits(ip);
    return address >= base && address < base + size;
  });

/** The network without host bits, as iptables prints it: `10.1.2.3/8` is `10.0.0.0/8`. */
export function canonicalNetwork(cidr: string): string {
  const { base, length } = split(cidr);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${length}`;
}

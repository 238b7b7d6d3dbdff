import type { MemberRecord, RuleKey } from '@limpet/contract';

/** CloudStack's name of a rule's proxy: `10_0_53_2-8080`. */
export function proxyName(key: RuleKey): string {
  return `${key.ip.replaceAll('.', '_')}-${key.port}`;
}

/** The reverse of {@link proxyName}; undefined when the name is none of a rule. Octets and port are not range-checked. */
export function keyOfProxyName(name: string): RuleKey | undefined {
  const match = /^(\d{1,3})_(\d{1,3})_(\d{1,3})_(\d{1,3})-(\d{1,5})$/.exec(name);
  return match ? { ip: match.slice(1, 5).join('.'), port: Number(match[5]) } : undefined;
}

/** A VM's identity, from its address: a databag names members by position, and only the address stays with the VM. */
export function vmOfAddress(ip: string): string {
  return `vm-${ip.replaceAll('.', '-')}`;
}

/** The value by which CloudStack's cookies name a member: `10_1_1_11-80`. */
export function cookieValue({ ip, port }: Pick<MemberRecord, 'ip' | 'port'>): string {
  return `${ip.replaceAll('.', '_')}-${port}`;
}

import type { RuleRecord } from '@limpet/contract';

/** Networks that rules of the suite `changes` admit; empty: all. The last one has the clients of all others in it. */
export const NETWORKS: readonly (readonly string[])[] = [
  [],
  ['198.18.0.0/16'],
  ['198.18.0.0/16', '192.0.2.7/32'],
  ['198.18.0.0/15'],
];

/** Whether a rule admits a client of 198.18.0.0/15. */
export const isAdmitted = ({ cidrs }: RuleRecord, client: string): boolean =>
  cidrs.length === 0 ||
  cidrs.some((cidr) => cidr === '198.18.0.0/15' || (cidr === '198.18.0.0/16' && client.startsWith('198.18.')));

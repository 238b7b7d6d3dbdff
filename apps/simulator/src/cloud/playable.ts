import type { RuleRecord } from '@limpet/contract';

/** A rule of a databag that a simulation leaves out. */
export interface LeftOut {
  /** The rule's id, `ip:port`. */
  rule: string;
  why: string;
}

/** All clients of a simulation are in 198.18.0.0/15 (RFC 2544). */
const clients = { first: 198 * 2 ** 24 + 18 * 2 ** 16, prefix: 15 };

/** Why no client of a simulation could be served by the rule; undefined: it can be played. */
export function whyNotPlayable({ cidrs, members, protocol }: RuleRecord): string | undefined {
  if (!members.some(({ state }) => state === 'serving')) return 'it has no VM that serves';
  if (protocol === 'ssl') return 'its clients would have to speak TLS';
  return cidrs.length > 0 && !cidrs.some(holdsAllClients)
    ? 'its networks hold none of the clients, or not all'
    : undefined;
}

function holdsAllClients(cidr: string): boolean {
  const [address = '', prefix = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(prefix));
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return Number(prefix) <= clients.prefix && Math.floor(number / size) === Math.floor(clients.first / size);
}

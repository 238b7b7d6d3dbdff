import type { Channel } from '@limpet/model';

/** What a rule needs of its router's host, which can take it away while nobody changes the rule. */
export type HostNeed = 'address' | 'certificate';

const LACKED: Readonly<Record<string, HostNeed>> = {
  addressAway: 'address',
  waitingForAddress: 'address',
  certificateGone: 'certificate',
  waitingForCertificate: 'certificate',
};

/** What the host has taken from the rule; undefined while it has all. */
export function lackedBy({ value }: Channel['entry']): HostNeed | undefined {
  return LACKED[value];
}

/** The rule cannot be served now, whatever the router was told: its host has taken from it what it needs. */
export function isLost(entry: Channel['entry']): boolean {
  return lackedBy(entry) !== undefined;
}

/** Of a rule that is lost: a newer generation came since, which the router applies when the host gives back what it needs. */
export function isWaitingForHost({ value }: Channel['entry']): boolean {
  return value === 'waitingForAddress' || value === 'waitingForCertificate';
}

/** What a host takes from a rule, as events of the router's entry. */
export function isLoss(event: string): boolean {
  return event === 'loseAddress' || event === 'loseCertificate';
}

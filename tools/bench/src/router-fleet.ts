import type { MemberRecord, RuleRecord } from '@limpet/contract';

/** The router's public address in a run. */
export const publicIp = '203.0.113.1';
/** All members of all rules listen here, so that one VM at every address can stand in for each of them. */
export const privatePort = 8080;

const firstPort = 10_001; // the peers port of a router is 10000
const checkedEveryMs = 3_600_000;

const address = (number: number): string => `10.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;

const member = (rule: number, place: number, members: number): MemberRecord => ({
  vm: `r${rule}-vm-${place}`,
  // Room for one member more than a rule has.
  ip: address(rule * (members + 1) + place),
  port: privatePort,
  state: 'serving',
});

/** Rule `index` of a fleet, with so many members. Checks are rare: on so few cores they would be what is measured. */
export const ruleOf = (index: number, members: number): RuleRecord => ({
  ip: publicIp,
  port: firstPort + index,
  protocol: 'tcp',
  algorithm: 'roundrobin',
  cidrs: [],
  stickiness: { method: 'none' },
  healthCheck: { intervalMs: checkedEveryMs, timeoutMs: 1000, healthyThreshold: 1, unhealthyThreshold: 3 },
  members: Array.from({ length: members }, (_, place) => member(index, place, members)),
});

/** The rule with one member more; it is always the same one. */
export const scaledUp = (rule: RuleRecord, index: number): RuleRecord => ({
  ...rule,
  members: [...rule.members, member(index, rule.members.length, rule.members.length)],
});

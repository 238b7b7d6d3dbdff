import type { MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';

/** CloudStack's default policy by source address. */
export const sourceBased: Stickiness = { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 };
/** No stickiness. */
export const noStickiness: Stickiness = { method: 'none' };

/** A serving member; its address ends in the number of its name. */
export const member = (vm: string, change: Partial<MemberRecord> = {}): MemberRecord => ({
  vm,
  ip: `10.1.1.${vm.replace(/\D/g, '')}`,
  port: 80,
  state: 'serving',
  ...change,
});

/** A rule on 10.0.53.2:8080 with members vm1 and vm2, and what a test wants of it. */
export const rule = (change: Partial<RuleRecord> = {}): RuleRecord => ({
  ip: '10.0.53.2',
  port: 8080,
  protocol: 'tcp',
  algorithm: 'roundrobin',
  cidrs: [],
  stickiness: noStickiness,
  members: [member('vm1'), member('vm2')],
  ...change,
});

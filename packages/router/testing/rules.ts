import type { LbCookie, MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';

export const sourceBased: Stickiness = { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 };
export const lbCookie: LbCookie = {
  method: 'LbCookie',
  cookieName: 'LB',
  mode: 'insert',
  nocache: false,
  indirect: true,
  postonly: false,
  domains: [],
};
export const noStickiness: Stickiness = { method: 'none' };

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

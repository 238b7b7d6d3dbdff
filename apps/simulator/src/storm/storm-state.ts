import type { MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';
import type { Operation } from './operations.ts';

/** How large a storm's fleet is, about: rules and members come and go. */
export interface StormSize {
  rules: number;
  members: number;
}

/** What is wanted of the router, at a moment of a storm. Immutable. */
export interface StormState {
  size: StormSize;
  /** By port. */
  rules: ReadonlyMap<number, RuleRecord>;
  /** Where a rule may be added; the one that has been free for longest first. */
  freePorts: readonly number[];
  /** VMs created so far: none has the name or the address of an earlier one. */
  vms: number;
}

/** The router's public address in a storm. */
export const publicIp = '10.0.53.2';
const firstPort = 20_001;
const privatePort = 8080;
/** Ports that are free at first: a port is used again, but not at once. */
const sparePorts = 20;
const lastBytes = 250;

const sourceBased: Stickiness = { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 };

/** One rule in so many speaks HTTP, as cookies need. */
const httpEvery = 3;

/** The fleet when a storm begins: every second rule is sticky. */
export function initialState(size: StormSize): StormState {
  const ports = Array.from({ length: size.rules + sparePorts }, (_, index) => firstPort + index);
  const rules = ports.slice(0, size.rules).map((port, index): [number, RuleRecord] => {
    const stickiness = index % 2 === 0 ? { method: 'none' as const } : sourceBased;
    return [port, ruleAt(port, index * size.members, size.members, stickiness)];
  });
  return { size, rules: new Map(rules), freePorts: ports.slice(size.rules), vms: size.rules * size.members };
}

/** The member that would be created next. */
export const newMember = ({ vms }: StormState): MemberRecord => memberOf(vms);

/** The rule that would be added next. */
export const newRule = ({ freePorts, vms, size }: StormState): RuleRecord =>
  ruleAt(freePorts[0]!, vms, size.members, { method: 'none' });

/** The state after `operation`. */
export function applyOperation(state: StormState, { port, before, after }: Operation): StormState {
  const rules = new Map(state.rules);
  if (after) rules.set(port, after);
  else rules.delete(port);
  const known = new Set(before?.members.map(({ vm }) => vm));
  const created = after?.members.filter(({ vm }) => !known.has(vm)).length ?? 0;
  const freePorts = after ? state.freePorts.filter((free) => free !== port) : [...state.freePorts, port];
  return { ...state, rules, freePorts, vms: state.vms + created };
}

const ruleAt = (port: number, firstVm: number, members: number, stickiness: Stickiness): RuleRecord => ({
  ip: publicIp,
  port,
  protocol: port % httpEvery === 0 ? 'http' : 'tcp',
  algorithm: 'roundrobin',
  cidrs: [],
  stickiness,
  members: Array.from({ length: members }, (_, index) => memberOf(firstVm + index)),
});

function memberOf(number: number): MemberRecord {
  const bytes = [
    16 + Math.floor(number / lastBytes ** 2),
    Math.floor(number / lastBytes) % lastBytes,
    (number % lastBytes) + 1,
  ];
  return { vm: `vm-${number + 1}`, ip: `10.${bytes.join('.')}`, port: privatePort, state: 'serving' };
}

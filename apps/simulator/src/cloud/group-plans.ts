import type { MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';
import type { GroupSet, Scenario, Selector } from '../scenario/scenario.ts';
import { AddressPool } from './addresses.ts';

/** An autoscale group as a simulation starts with it: one rule and its members. */
export interface GroupPlan {
  set: string;
  name: string;
  rule: RuleRecord;
  /** Clients that talk to the rule. */
  clients: number;
}

const firstGuest = '10.1.0.10';

/** CloudStack's defaults: `stick-table type ip size 200k expire 30m`. */
export const sourceBased: Stickiness = { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 };

/** A stickiness by its method's name, with CloudStack's default parameters. */
export const stickinessOf = (method: Stickiness['method']): Stickiness =>
  method === 'SourceBased' ? sourceBased : { method: 'none' };

/** The groups that a scenario describes. */
export function groupsOfScenario(scenario: Scenario): GroupPlan[] {
  const guests = new AddressPool(firstGuest);
  return scenario.groups.flatMap((set) =>
    Array.from({ length: set.count }, (_, index) => ({
      set: set.name,
      name: `${set.name}-${index + 1}`,
      rule: ruleOf(set, index, guests),
      clients: set.clients ?? scenario.traffic.clientsPerRule,
    })),
  );
}

function ruleOf(set: GroupSet, index: number, guests: AddressPool): RuleRecord {
  return {
    ip: set.publicIp,
    port: set.publicPort + index,
    protocol: set.protocol,
    algorithm: set.algorithm,
    cidrs: [],
    stickiness: stickinessOf(set.stickiness),
    members: Array.from({ length: set.members }, (_, member): MemberRecord => {
      return {
        vm: `${set.name}-${index + 1}-vm-${member + 1}`,
        ip: guests.take(),
        port: set.privatePort,
        state: 'serving',
      };
    }),
  };
}

/** One group for each rule of a router that exists already. */
export function groupsOfRules(rules: readonly RuleRecord[], scenario: Scenario): GroupPlan[] {
  return rules.map((rule) => ({
    set: 'databag',
    name: `${rule.ip}:${rule.port}`,
    rule,
    clients: scenario.traffic.clientsPerRule,
  }));
}

/** The indices of the groups that a step is about; by their rules as they are when the scenario starts. */
export function select(groups: readonly GroupPlan[], selector: Selector): number[] {
  const skip = selector.skip ?? 0;
  return [...groups.keys()]
    .filter((index) => {
      const { set, rule } = groups[index]!;
      return (
        (selector.set === undefined || set === selector.set) &&
        (selector.stickiness === undefined || rule.stickiness.method === selector.stickiness) &&
        (selector.algorithm === undefined || rule.algorithm === selector.algorithm)
      );
    })
    .slice(skip, selector.first === undefined ? undefined : skip + selector.first);
}

/** Guest addresses for the VMs to come: one that a VM had is not given to another. */
export function guestPool(groups: readonly GroupPlan[]): AddressPool {
  const members = groups.flatMap((group) => group.rule.members);
  return new AddressPool(firstGuest, new Set(members.map((member) => member.ip)));
}

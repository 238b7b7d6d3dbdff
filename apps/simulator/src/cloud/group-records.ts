/**
 * The concrete data of a group, which the model leaves out: which VM is in which of the model's places.
 *
 * @module
 */
import type { MemberRecord } from '@limpet/contract';
import type { AddressPool } from './addresses.ts';
import type { Group } from './group.ts';
import type { GroupPlan } from './group-plans.ts';

/** A group as the management server stores it. */
export interface GroupRecords extends Group {
  generation: number;
  /** The VM in each of the model's places. */
  readonly places: (MemberRecord | undefined)[];
  /** VMs created so far; their names are never used again. */
  created: number;
  readonly privatePort: number;
}

/** The records of a group when the scenario starts. */
export function recordsOf({ name, rule }: GroupPlan, index: number, places: number): GroupRecords {
  return {
    index,
    name,
    rule,
    generation: index + 1,
    places: Array.from({ length: places }, (_, place) => rule.members[place]),
    created: rule.members.length,
    privatePort: rule.members[0]?.port ?? rule.port,
    changed: false,
    emptying: false,
  };
}

/** A new VM for the group, with a name and an address that no other ever had. */
export function nextVm(group: GroupRecords, guests: AddressPool): MemberRecord {
  group.created += 1;
  // A databag's groups are named after their address: a VM's name has no colon.
  const prefix = group.name.replaceAll(':', '-');
  return { vm: `${prefix}-vm-${group.created}`, ip: guests.take(), port: group.privatePort, state: 'serving' };
}

/** States of a member in which the router has to know it. */
const inRule: ReadonlySet<string> = new Set(['joining', 'serving', 'draining']);

/** Brings the records in line with the states of the model's members; returns the VMs that have left. */
export function bindMembers(group: GroupRecords, states: readonly { value: string }[]): MemberRecord[] {
  const left: MemberRecord[] = [];
  const members: MemberRecord[] = [];
  for (const [place, vm] of group.places.entries()) {
    if (vm === undefined) continue;
    const { value } = states[place]!;
    const bound: MemberRecord = value === 'draining' ? { ...vm, state: 'draining' } : vm;
    group.places[place] = value === 'gone' ? undefined : bound;
    if (value === 'gone') left.push(vm);
    if (inRule.has(value)) members.push(bound);
  }
  group.rule = { ...group.rule, members };
  return left;
}

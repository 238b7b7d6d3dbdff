import type { Command, MemberRecord, PutRule, RuleKey, RuleRecord, VersionedRule } from '@limpet/contract';
import type { Cell } from '@limpet/state-space';
import { stickyPolicies } from './changes.ts';

/** Each group has an address of its own: an address can be missing for one rule alone. */
export const ipOfGroup = (group: number): string => `203.0.113.${10 + group}`;

/** A group of the model with its concrete rule. */
export interface ConcreteRule {
  rule: RuleRecord;
  generation: number;
  /** The newest generation that came to the router. */
  reached: number;
  /** The VM in each of the model's places. */
  places: (MemberRecord | undefined)[];
  /** What the router has, on its disk at least. */
  installed: VersionedRule | undefined;
  /** The refused command was a removal. */
  refusedRemoval: boolean;
  /** The rule waits for the full set that a router gets when it starts. */
  inFullSet: boolean;
  /** How often the stickiness was changed, and how often something else. */
  sticky: number;
  changed: number;
}

/** @param port - public port of the first group's rule */
export const newConcreteRule = ({ members }: Cell, group: number, port: number): ConcreteRule => ({
  rule: {
    ip: ipOfGroup(group),
    port: port + group,
    protocol: 'tcp',
    algorithm: 'roundrobin',
    cidrs: [],
    stickiness: { method: 'none' },
    members: [],
  },
  generation: 0,
  reached: 0,
  places: members.map(() => undefined),
  installed: undefined,
  refusedRemoval: false,
  inFullSet: false,
  sticky: 0,
  changed: 0,
});

export const keyOf = ({ rule: { ip, port } }: ConcreteRule): RuleKey => ({ ip, port });

/** The VMs in their places, with what was said of each: its weight, and whether it is left alone. */
export function membersOf({ places, rule }: ConcreteRule): MemberRecord[] {
  return places.flatMap((vm) => {
    if (vm === undefined) return [];
    const before = rule.members.find((member) => member.vm === vm.vm);
    const isAlone = vm.state === 'serving' && before?.state === 'maintenance';
    const weight = before?.weight;
    return { ...vm, ...(weight !== undefined && { weight }), ...(isAlone && { state: 'maintenance' as const }) };
  });
}

/** The command that is on its way, or was. */
export function commandOf(concrete: ConcreteRule, cell: Cell): Command {
  const { rule, generation } = concrete;
  if (cell.rule.value !== 'revoke') return { type: 'putRule', rule, generation };
  return { type: 'removeRule', key: keyOf(concrete), generation };
}

/** One of a generation before the newest that came to the router. */
export function lateCommandOf({ rule, reached, installed, refusedRemoval }: ConcreteRule): PutRule {
  // Of a removal that was refused it is not said whether the router has heard of it.
  const known = refusedRemoval ? (installed?.generation ?? reached) : reached;
  const stickiness = rule.stickiness.method === 'none' ? stickyPolicies[0]! : ({ method: 'none' } as const);
  return { type: 'putRule', rule: { ...rule, stickiness, members: [] }, generation: Math.max(1, known - 1) };
}

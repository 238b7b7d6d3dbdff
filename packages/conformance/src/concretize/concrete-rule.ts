/**
 * A rule of the model with concrete data, and what the router has of it. Three modules change it, each on its own events:
 *
 * | event                                      | `rule`, `generation` | `places`        | `onRouter`                          | `reached`    | `inFullSet` |
 * | ------------------------------------------ | -------------------- | --------------- | ----------------------------------- | ------------ | ----------- |
 * | a VM starts or ends (`vm-allocator.ts`)    |                      | VM in, VM out   |                                     |              |             |
 * | a new generation (`concretize.ts`)         | the next ones        |                 |                                     |              |             |
 * | the router starts (`stimuli.ts`)           |                      |                 |                                     |              | true        |
 * | the router applies a put                   |                      |                 | `installed`                         | `generation` | false       |
 * | the router applies a removal               |                      |                 | `absent`                            | `generation` | false       |
 * | the router refuses a put                   |                      |                 | a refused removal is over           | `generation` | false       |
 * | the router refuses a removal               |                      |                 | `removalRefused`, same record       | `generation` | false       |
 * | the host takes the address or certificate  |                      |                 | `lost`                              |              |             |
 * | the router refuses a put without it        |                      |                 | `lost` with another `next`          | `generation` | false       |
 * | the host gives it back                     |                      |                 | `installed`: its `next`             |              |             |
 * | the router's host halts                    |                      |                 | `removalRefused`, `lost`: no record |              |             |
 * | the router is destroyed                    |                      |                 | `absent`                            | 0            |             |
 *
 * @module
 */
import type { Command, MemberRecord, PutRule, RuleKey, RuleRecord, VersionedRule } from '@limpet/contract';
import type { Cell } from '@limpet/state-space';
import type { HostLoss } from '../sut/taken-from-host.ts';
import { stickyPolicies } from './rule-changes.ts';

/** The public address of a group's rule. Each group has its own, so that an address can be missing for one rule alone. */
export const ipOfGroup = (group: number): string => `203.0.113.${10 + group}`;

/** What the router has of a rule, on its disk at least. */
export type OnRouter =
  | { readonly state: 'absent' }
  | { readonly state: 'installed'; readonly record: VersionedRule }
  /**
   * The router refused to remove the rule. HAProxy still serves `record`; undefined when there was no record to remove, or
   * when HAProxy has not been started again since.
   */
  | { readonly state: 'removalRefused'; readonly record: VersionedRule | undefined }
  /**
   * The rule lacks `what` of its host. HAProxy has `record`; undefined when it was started without the rule since. When the rule
   * has all that it needs again, HAProxy has to have `next`.
   */
  | {
      readonly state: 'lost';
      readonly what: HostLoss;
      readonly record: VersionedRule | undefined;
      readonly next: VersionedRule;
    };

/** A group of the model with its concrete rule. The module's table says which event changes which field. */
export interface ConcreteRule {
  /** The rule as the management side wants it. */
  rule: RuleRecord;
  /** Generation of `rule`; 0 before the first. */
  generation: number;
  /** The newest generation that a command carried to the router. */
  reached: number;
  /** The VM in each of the model's places. */
  places: (MemberRecord | undefined)[];
  onRouter: OnRouter;
  /** The next command is part of the full set that a router gets when it starts. */
  inFullSet: boolean;
  /** How often the stickiness was changed: the index into the policies. */
  sticky: number;
  /** How often another attribute was changed: the index into the changes. */
  changed: number;
}

/** The rule of a group before its first generation. @param port - public port of the first group's rule */
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
  onRouter: { state: 'absent' },
  inFullSet: false,
  sticky: 0,
  changed: 0,
});

/** Address and port of the rule. */
export const keyOf = ({ rule: { ip, port } }: ConcreteRule): RuleKey => ({ ip, port });

/** What the router has of the rule; undefined: no trace of it. */
export const installedOf = ({ onRouter }: ConcreteRule): VersionedRule | undefined =>
  onRouter.state === 'absent' ? undefined : onRouter.record;

/** Whether the router's last answer about the rule was that it cannot remove it. */
export const isRemovalRefused = ({ onRouter }: ConcreteRule): boolean => onRouter.state === 'removalRefused';

/** What the host has taken from the rule; undefined while it has all. */
export const lossOf = ({ onRouter }: ConcreteRule): HostLoss | undefined =>
  onRouter.state === 'lost' ? onRouter.what : undefined;

/** The VMs in their places; each keeps the weight and the maintenance state that changes of the rule gave it. */
export function membersOf({ places, rule }: ConcreteRule): MemberRecord[] {
  return places.flatMap((vm) => {
    if (vm === undefined) return [];
    const before = rule.members.find((member) => member.vm === vm.vm);
    const isAlone = vm.state === 'serving' && before?.state === 'maintenance';
    const weight = before?.weight;
    return { ...vm, ...(weight !== undefined && { weight }), ...(isAlone && { state: 'maintenance' as const }) };
  });
}

/** The command about the rule's latest generation. */
export function commandOf(concrete: ConcreteRule, cell: Cell): Command {
  const { rule, generation } = concrete;
  if (cell.rule.value !== 'revoke') return { type: 'putRule', rule, generation };
  return { type: 'removeRule', key: keyOf(concrete), generation };
}

/** A command of a generation before the newest that reached the router. Such generations were never sent before. */
export function lateCommandOf({ rule, reached, onRouter }: ConcreteRule): PutRule {
  // The model does not say whether the router noted the generation of a removal that it refused.
  const known = onRouter.state === 'removalRefused' ? (onRouter.record?.generation ?? reached) : reached;
  const stickiness = rule.stickiness.method === 'none' ? stickyPolicies[0]! : ({ method: 'none' } as const);
  return { type: 'putRule', rule: { ...rule, stickiness, members: [] }, generation: Math.max(1, known - 1) };
}

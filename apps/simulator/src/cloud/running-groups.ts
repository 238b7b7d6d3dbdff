import type { ManagementState } from '@limpet/model';
import type { GroupPlan } from './group-plans.ts';

/**
 * The model's state in which a scenario starts: the groups are enabled, their VMs run, their rules are accepted, and the
 * router is about to be started. The same could be reached by events, one VM at a time.
 */
export function runningGroups(initial: ManagementState, groups: readonly GroupPlan[]): ManagementState {
  return {
    ...initial,
    groups: initial.groups.map(({ group, rule, members }, index) => {
      const { stickiness, members: vms } = groups[index]!.rule;
      return {
        group: { value: 'enabled', context: { ...group.context, size: vms.length } },
        rule: {
          value: 'add',
          context: { ...rule.context, stickiness: stickiness.method === 'none' ? 'none' : 'source', asked: 'waiting' },
        },
        members: members.map((member, place) => (place < vms.length ? { ...member, value: 'serving' } : member)),
      };
    }),
  };
}

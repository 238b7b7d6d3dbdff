/**
 * Why an event is not possible, in CloudStack's terms, and the conditions that span more than one machine.
 *
 * @module
 */
import { type GroupState, groupAt, type ManagementEvent, type ManagementState } from './management-state.ts';

/**
 * @param possible - whether the event's own machine has a transition for it
 * @returns a sentence for the user, or undefined when nothing is in the way
 */
export function explainRefusal(state: ManagementState, event: ManagementEvent, possible: boolean): string | undefined {
  if (event.to === 'router')
    return possible ? undefined : `the router is ${state.router.value} and does not take ${event.event}`;
  const group = groupAt(state.groups, event.group);
  switch (event.to) {
    case 'place':
      return possible ? undefined : 'the address and port belong to a rule, or to a group';
    case 'group':
      return possible ? groupObstacle(group, event.event) : groupRefusal(group, event.event);
    case 'rule':
      return possible ? ruleObstacle(state, group, event.event) : ruleRefusal(group, event.event);
    case 'member':
      return possible
        ? memberObstacle(state, group, event)
        : `the VM is ${group.members[event.member]?.value} and does not take ${event.event}`;
  }
}

function groupRefusal({ group }: GroupState, event: string): string {
  if (group.value === 'removed') return 'the group has been removed';
  switch (event) {
    case 'enable':
      return 'only a group in Disabled state can be enabled';
    case 'disable':
      return 'only a group in Enabled or Scaling state can be disabled';
    case 'raiseMin':
    case 'lowerMin':
    case 'raiseMax':
    case 'lowerMax':
      return group.value === 'disabled'
        ? `1 <= min <= max <= ${group.context.capacity} must hold`
        : 'min and max can be updated only while the group is Disabled';
    case 'scaleUp':
    case 'scaleDown':
      if (group.value === 'scaling') return 'a scale operation is still running';
      if (group.value !== 'enabled') return 'only a group in Enabled state scales';
      return group.context.quiet
        ? 'the quiet time is not over'
        : `the group has ${group.context.size} VMs, its ${event === 'scaleUp' ? 'max' : 'min'}`;
    case 'delete':
      return group.value === 'disabled'
        ? `the group cannot be deleted, there are ${group.context.size} VMs: remove them or pass cleanup=true`
        : `the group cannot be deleted, its state is ${group.value}: disable it or pass cleanup=true`;
    default:
      return `the group is ${group.value} and does not take ${event}`;
  }
}

function groupObstacle({ rule, members }: GroupState, event: string): string | undefined {
  switch (event) {
    case 'configured':
      return rule.value === 'staged' || rule.value === 'gone' ? 'the load balancer rule does not exist' : undefined;
    case 'scaleUp':
    case 'scaleDown':
      // CloudStack checks the state only, so that two operations can interleave and both pass "current + 1 <= max".
      return members.some(({ value }) => value === 'provisioning' || value === 'joining' || value === 'draining')
        ? 'a scale operation is still running'
        : undefined;
    default:
      return undefined;
  }
}

function ruleRefusal({ rule }: GroupState, event: string): string {
  if (rule.value === 'gone') return 'the load balancer rule does not exist';
  if (rule.value === 'revoke') return 'the load balancer rule is being deleted';
  return `the load balancer rule is ${rule.value} and does not take ${event}`;
}

function ruleObstacle({ router }: ManagementState, { group, rule }: GroupState, event: string): string | undefined {
  switch (event) {
    case 'delete':
      return group.value === 'removed' || rule.value === 'revoke'
        ? undefined
        : 'the rule has an autoscale VM group: delete the group first';
    case 'timeout':
    case 'retry':
      return router.value === 'running' ? undefined : `nothing is sent to a router that is ${router.value}`;
    default:
      return undefined;
  }
}

function memberObstacle(
  state: ManagementState,
  { group, rule, members }: GroupState,
  event: ManagementEvent & { to: 'member' },
): string | undefined {
  switch (event.event) {
    case 'create':
    case 'remove':
      return 'VMs of a group are created and removed by the group';
    case 'destroy':
      return group.value === 'disabled' || members[event.member]?.value === 'failed'
        ? undefined
        : 'the VM belongs to an autoscale VM group that is not Disabled: disable the group and retry';
    case 'drained': {
      const carriesTraffic = state.router.value === 'running' || state.router.value === 'unreachable';
      return carriesTraffic && rule.context.inForce !== 'current'
        ? 'the router has not yet verified that the VM takes no new clients'
        : undefined;
    }
    default:
      return undefined;
  }
}

import type { Management, ManagementEvent, ManagementState } from '@limpet/model';

type Destruction = ManagementEvent & { to: 'member' };

/**
 * The management side as the model for checking has it: the VMs of a group that is deleted are destroyed one by one, each in
 * a step of its own, and not at once with the deletion. The statecharts are the same; each step is a deletion that finds only
 * some of the VMs.
 */
export function destroyingOneByOne(management: Management): Management {
  const deletion = (state: ManagementState, group: number, finds: (place: number) => boolean) => {
    const { members } = state.groups[group]!;
    const vacant = management.initial.groups[group]!.members[0]!;
    const found = members.map((member, place) => (finds(place) ? member : vacant));
    const step = management.step(withMembers(state, group, found), { to: 'group', group, event: 'deleteWithCleanup' });
    const after = step.state.groups[group]!.members;
    return {
      state: withMembers(
        step.state,
        group,
        members.map((member, place) => (finds(place) ? after[place]! : member)),
      ),
      effects: step.effects,
    };
  };
  return {
    ...management,
    refusal: (state, event) => {
      if (!isDestruction(state, event)) return management.refusal(state, event);
      return state.groups[event.group]!.members[event.member]?.value === 'gone' ? 'the VM is gone' : undefined;
    },
    step: (state, event) => {
      if (isDestruction(state, event))
        return deletion(undeleted(state, event.group), event.group, (place) => place === event.member);
      if (event.to === 'group' && event.event === 'deleteWithCleanup') return deletion(state, event.group, () => false);
      return management.step(state, event);
    },
  };
}

function isDestruction(state: ManagementState, event: ManagementEvent): event is Destruction {
  return event.to === 'member' && event.event === 'destroy' && state.groups[event.group]!.group.value === 'revoke';
}

function withMembers(
  state: ManagementState,
  group: number,
  members: ManagementState['groups'][number]['members'],
): ManagementState {
  return { ...state, groups: state.groups.with(group, { ...state.groups[group]!, members }) };
}

/** A group that can be deleted again. */
function undeleted(state: ManagementState, group: number): ManagementState {
  const whole = state.groups[group]!;
  return { ...state, groups: state.groups.with(group, { ...whole, group: { ...whole.group, value: 'enabled' } }) };
}

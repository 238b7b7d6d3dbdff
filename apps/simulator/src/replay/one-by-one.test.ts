import { createManagement, type ManagementEvent, type ManagementState } from '@limpet/model';
import { expect, it } from 'vitest';
import { destroyingOneByOne } from './one-by-one.ts';

const management = createManagement({ groups: 1, members: 2, min: 2 });
const slow = destroyingOneByOne(management);

const twoVms: readonly ManagementEvent[] = [
  { to: 'rule', group: 0, event: 'accept' },
  { to: 'group', group: 0, event: 'configured' },
  { to: 'group', group: 0, event: 'scaleUp' },
  { to: 'member', group: 0, member: 0, event: 'started' },
  { to: 'rule', group: 0, event: 'inForce' },
  { to: 'group', group: 0, event: 'scaleUp' },
  { to: 'group', group: 0, event: 'deleteWithCleanup' },
];
const play = ({ step }: Pick<typeof slow, 'step'>, events: readonly ManagementEvent[], from: ManagementState) =>
  events.reduce((state, event) => step(state, event).state, from);
const destroy = (member: number): ManagementEvent => ({ to: 'member', group: 0, member, event: 'destroy' });
const statesOf = (state: ManagementState) => {
  const { group, members } = state.groups[0]!;
  return [group.value, ...members.map(({ value }) => value)];
};

it('leaves the VMs of a deleted group to be destroyed, and ends where all at once ends', () => {
  const deleted = play(slow, twoVms, slow.initial);
  expect(statesOf(deleted)).toEqual(['revoke', 'serving', 'provisioning']);
  const one = play(slow, [destroy(1)], deleted);
  expect(statesOf(one)).toEqual(['revoke', 'serving', 'gone']);
  expect(slow.refusal(one, destroy(1))).toBe('the VM is gone');
  const both = play(slow, [destroy(0)], one);
  expect(both).toEqual(play(management, twoVms, management.initial));
});

import { setup } from 'xstate';
import { signal } from './commands.ts';

/** What can happen to a member: the steps of its VM's life, and its way into and out of the rule. */
export type MemberEvent =
  | { type: 'create' }
  | { type: 'started' }
  | { type: 'startFailed' }
  | { type: 'joined' }
  | { type: 'remove' }
  | { type: 'drained' }
  | { type: 'fail' }
  | { type: 'destroy' };

/**
 * A VM of a group, as the group and the rule see it. One machine is one place in the group: `gone` is both before the
 * first VM and after each, and every VM that takes the place has a new identity.
 *
 * `tellRule` says that the rule's members are different from now on; the rule sends them at once. `tellGone` ends the scale operation
 * that the VM is a part of; `tellDestroyed` is of a VM that is part of none.
 */
export const memberMachine = setup({
  types: { events: {} as MemberEvent },
  actions: { tellRule: signal, tellServing: signal, tellFailed: signal, tellGone: signal, tellDestroyed: signal },
}).createMachine({
  id: 'member',
  initial: 'gone',
  states: {
    gone: { on: { create: 'provisioning' } },
    provisioning: {
      on: {
        started: { target: 'joining', actions: 'tellRule' },
        startFailed: { target: 'failed', actions: 'tellFailed' },
        remove: { target: 'gone', actions: 'tellGone' },
        destroy: { target: 'gone', actions: 'tellGone' },
      },
    },
    joining: {
      description: 'running; the router has not yet verified that clients reach it',
      on: {
        joined: { target: 'serving', actions: 'tellServing' },
        remove: { target: 'draining', actions: 'tellRule' },
        fail: { target: 'failed', actions: ['tellRule', 'tellFailed'] },
        destroy: { target: 'gone', actions: ['tellRule', 'tellGone'] },
      },
    },
    serving: {
      on: {
        remove: { target: 'draining', actions: 'tellRule' },
        // It is no part of a scale operation, so its death ends none.
        fail: { target: 'failed', actions: 'tellRule' },
        destroy: { target: 'gone', actions: ['tellRule', 'tellDestroyed'] },
      },
    },
    draining: {
      description: 'keeps its clients, takes no new ones',
      on: {
        drained: { target: 'gone', actions: ['tellRule', 'tellGone'] },
        fail: { target: 'failed', actions: ['tellRule', 'tellFailed'] },
        destroy: { target: 'gone', actions: ['tellRule', 'tellGone'] },
      },
    },
    failed: {
      description: 'not behind the rule any more, still counted by its group until destroyed',
      on: {
        remove: { target: 'gone', actions: 'tellGone' },
        destroy: { target: 'gone', actions: 'tellDestroyed' },
      },
    },
  },
});

import { assign, setup } from 'xstate';
import { signal, success } from './commands.ts';

/** What a group knows: bounds and counts only. Names, policies and addresses are records beside the model. */
export interface GroupContext {
  /** VMs of the group in every state, failed ones included: counting live ones only made 30,000 VMs of 4 (apache/cloudstack#9318). */
  size: number;
  min: number;
  max: number;
  /** Upper limit of `max`. */
  capacity: number;
  /** A scale operation or a changed policy was a short while ago: policies wait until `quietOver`. */
  quiet: boolean;
  /** A scale operation is under way; it goes on to its end even when the group is disabled meanwhile. */
  operating: boolean;
}

/** Bounds of a new group. */
export type GroupInput = Pick<GroupContext, 'min' | 'max' | 'capacity'>;

/**
 * What can happen to a group: its set-up, what users and the scaling policy ask for, and what its members and rule tell it.
 */
export type GroupEvent =
  | { type: 'configured' }
  | { type: 'configureFailed' }
  | { type: 'enable' }
  | { type: 'disable' }
  | { type: 'raiseMin' }
  | { type: 'lowerMin' }
  | { type: 'raiseMax' }
  | { type: 'lowerMax' }
  | { type: 'scaleUp' }
  | { type: 'scaleDown' }
  | { type: 'quietOver' }
  | { type: 'delete' }
  | { type: 'deleteWithCleanup' }
  | { type: 'memberServing' }
  | { type: 'memberFailed' }
  | { type: 'memberGone' }
  | { type: 'memberDestroyed' };

/**
 * An autoscale VM group (CloudStack 4.19, AutoScaleManagerImpl).
 *
 * Enable and disable have the rule sent again, as in CloudStack, where users came to rely on that to get a change
 * applied (apache/cloudstack#9583). Here it is not needed: a change is sent when it is made, whatever the group's state,
 * and sending it again changes nothing. Disable and delete work without a router (apache/cloudstack#9503).
 */
export const groupMachine = setup({
  types: { context: {} as GroupContext, events: {} as GroupEvent, input: {} as GroupInput },
  guards: {
    canGrow: ({ context: { size, min, max, quiet } }) => size < max && (size < min || !quiet),
    canShrink: ({ context: { size, min, max, quiet } }) => size > min && (size > max || !quiet),
    canRaiseMin: ({ context }) => context.min < context.max,
    canLowerMin: ({ context }) => context.min > 1,
    canRaiseMax: ({ context }) => context.max < context.capacity,
    canLowerMax: ({ context }) => context.max > context.min,
    isEmpty: ({ context }) => context.size === 0,
    isInhabited: ({ context }) => context.size > 0,
    isOperating: ({ context }) => context.operating,
    isLast: ({ context }) => context.size === 1,
  },
  actions: {
    createMember: signal,
    removeMember: signal,
    destroyMembers: signal,
    resend: signal,
    success,
    grow: assign({ size: ({ context }) => context.size + 1 }),
    shrink: assign({ size: ({ context }) => context.size - 1 }),
    beginQuiet: assign({ quiet: true }),
    endQuiet: assign({ quiet: false }),
    beginOperation: assign({ operating: true }),
    endOperation: assign({ operating: false }),
    raiseMin: assign({ min: ({ context }) => context.min + 1 }),
    lowerMin: assign({ min: ({ context }) => context.min - 1 }),
    raiseMax: assign({ max: ({ context }) => context.max + 1 }),
    lowerMax: assign({ max: ({ context }) => context.max - 1 }),
  },
}).createMachine({
  id: 'group',
  context: ({ input }) => ({
    size: 0,
    min: input.min,
    max: input.max,
    capacity: input.capacity,
    quiet: false,
    operating: false,
  }),
  initial: 'new',
  states: {
    new: {
      on: {
        configured: 'enabled',
        configureFailed: 'removed',
        delete: 'removed',
        deleteWithCleanup: 'removed',
      },
    },
    enabled: {
      on: {
        enable: { actions: 'success' },
        disable: { target: 'disabled', actions: 'resend' },
        scaleUp: { guard: 'canGrow', target: 'scaling', actions: ['grow', 'beginOperation', 'createMember'] },
        scaleDown: { guard: 'canShrink', target: 'scaling', actions: ['beginOperation', 'removeMember'] },
        quietOver: { actions: 'endQuiet' },
        memberDestroyed: { guard: 'isInhabited', actions: 'shrink' },
        deleteWithCleanup: [
          { guard: 'isEmpty', target: 'removed' },
          { target: 'revoke', actions: 'destroyMembers' },
        ],
      },
    },
    scaling: {
      on: {
        disable: { target: 'disabled', actions: 'resend' },
        memberServing: { target: 'enabled', actions: ['endOperation', 'beginQuiet'] },
        memberFailed: { target: 'enabled', actions: ['endOperation', 'beginQuiet'] },
        memberGone: { guard: 'isInhabited', target: 'enabled', actions: ['shrink', 'endOperation', 'beginQuiet'] },
        // Another VM than the one that starts, joins or drains: the operation goes on.
        memberDestroyed: { guard: 'isInhabited', actions: 'shrink' },
        deleteWithCleanup: [
          { guard: 'isEmpty', target: 'removed' },
          { target: 'revoke', actions: 'destroyMembers' },
        ],
      },
    },
    disabled: {
      on: {
        enable: [
          { guard: 'isOperating', target: 'scaling', actions: 'resend' },
          { target: 'enabled', actions: 'resend' },
        ],
        disable: { actions: 'success' },
        // CloudStack marks the statistics inactive when bounds or policies change: evaluation starts afresh.
        raiseMin: { guard: 'canRaiseMin', actions: ['raiseMin', 'beginQuiet'] },
        lowerMin: { guard: 'canLowerMin', actions: ['lowerMin', 'beginQuiet'] },
        raiseMax: { guard: 'canRaiseMax', actions: ['raiseMax', 'beginQuiet'] },
        lowerMax: { guard: 'canLowerMax', actions: ['lowerMax', 'beginQuiet'] },
        quietOver: { actions: 'endQuiet' },
        // A scale operation that was under way goes on to its end: enabled before that, the group is Scaling again, and a
        // second operation does not begin beside the first.
        memberServing: { actions: 'endOperation' },
        memberFailed: { actions: 'endOperation' },
        memberGone: { guard: 'isInhabited', actions: ['shrink', 'endOperation'] },
        memberDestroyed: { guard: 'isInhabited', actions: 'shrink' },
        delete: { guard: 'isEmpty', target: 'removed' },
        deleteWithCleanup: [
          { guard: 'isEmpty', target: 'removed' },
          { target: 'revoke', actions: 'destroyMembers' },
        ],
      },
    },
    revoke: {
      on: {
        memberGone: [
          { guard: 'isLast', target: 'removed', actions: 'shrink' },
          { guard: 'isInhabited', actions: 'shrink' },
        ],
        memberDestroyed: [
          { guard: 'isLast', target: 'removed', actions: 'shrink' },
          { guard: 'isInhabited', actions: 'shrink' },
        ],
        delete: { actions: 'success' },
        deleteWithCleanup: { actions: 'success' },
      },
    },
    removed: { type: 'final' },
  },
});

/** Bounds of a small group, in which everything that the statechart can do is possible. */
export const exampleInput: GroupInput = { min: 1, max: 2, capacity: 3 };

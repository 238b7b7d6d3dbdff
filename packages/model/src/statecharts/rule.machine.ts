import { assign, setup } from 'xstate';
import { command, signal, success } from './commands.ts';
import { aged, type Freshness } from './freshness.ts';

/** The kinds of stickiness. Two, so that two rules may have the same one: a single rule can never show apache/cloudstack#9583. */
export type StickinessKind = 'none' | 'source';

/** What the management side knows of a rule. */
export interface RuleContext {
  stickiness: StickinessKind;
  /** What the router verified on its data plane: the latest generation, an older one, or nothing. */
  inForce: Freshness;
  /** What became of the command of the latest generation. */
  asked: 'nothing' | 'waiting' | 'refused';
}

/** What can happen to a rule: what users and its group ask for, and what the router answers. */
export type RuleEvent =
  | { type: 'accept' }
  | { type: 'reject' }
  | { type: 'setSourceBased' }
  | { type: 'setNone' }
  | { type: 'update' }
  | { type: 'membersChanged' }
  | { type: 'resend' }
  | { type: 'delete' }
  | { type: 'applied' }
  | { type: 'refused' }
  | { type: 'inForce' }
  | { type: 'outdated' }
  | { type: 'timeout' }
  | { type: 'retry' }
  | { type: 'routerDown' }
  | { type: 'routerDestroyed' };

const ruleSetup = setup({
  types: { context: {} as RuleContext, events: {} as RuleEvent },
  guards: {
    isNone: ({ context }) => context.stickiness === 'none',
    isSourceBased: ({ context }) => context.stickiness === 'source',
    isWaiting: ({ context }) => context.asked === 'waiting',
    isUnverified: ({ context }) => context.inForce !== 'current',
    isRefused: ({ context }) => context.asked === 'refused',
  },
  actions: {
    putRule: command,
    removeRule: command,
    newGeneration: signal,
    confirmMembers: signal,
    success,
    chooseSourceBased: assign({ stickiness: 'source' }),
    chooseNone: assign({ stickiness: 'none' }),
    age: assign({ inForce: ({ context }) => aged(context.inForce) }),
    ask: assign({ asked: 'waiting' }),
    noteApplied: assign({ asked: 'nothing' }),
    noteOutdated: assign({ inForce: 'stale' }),
    noteRefused: assign({ asked: 'refused' }),
    noteInForce: assign({ inForce: 'current' }),
    noteDown: assign({ inForce: 'absent' }),
    forget: assign({ inForce: 'absent', asked: 'waiting' }),
  },
});

/** Every change: a new generation, sent at once. In no state of the group does a change wait for something else. */
const CHANGE = ['age', 'newGeneration', 'ask', 'putRule'] as const;
const RESEND = ['ask', 'putRule'] as const;
const REMOVE = ['age', 'newGeneration', 'ask', 'removeRule'] as const;

/** A load balancer rule (CloudStack 4.19, LoadBalancingRulesManagerImpl; states of FirewallRule.State). */
export const ruleMachine = ruleSetup.createMachine({
  id: 'rule',
  context: { stickiness: 'none', inForce: 'absent', asked: 'nothing' },
  initial: 'staged',
  states: {
    staged: {
      description: 'stored, not yet checked for conflicts, never sent',
      on: {
        accept: { target: 'add', actions: RESEND },
        reject: 'gone',
        setSourceBased: [{ guard: 'isNone', actions: 'chooseSourceBased' }, { actions: 'success' }],
        setNone: [{ guard: 'isSourceBased', actions: 'chooseNone' }, { actions: 'success' }],
      },
    },
    add: {
      description: 'accepted; the latest generation is not confirmed by the router',
      on: {
        setSourceBased: [{ guard: 'isNone', actions: ['chooseSourceBased', ...CHANGE] }, { actions: 'success' }],
        setNone: [{ guard: 'isSourceBased', actions: ['chooseNone', ...CHANGE] }, { actions: 'success' }],
        update: { actions: CHANGE },
        membersChanged: { actions: CHANGE },
        resend: { actions: RESEND },
        delete: { target: 'revoke', actions: REMOVE },
        applied: { target: 'active', actions: 'noteApplied' },
        refused: { actions: 'noteRefused' },
        // The answer to the command was lost, the verification was not.
        inForce: { target: 'active', actions: ['noteApplied', 'noteInForce', 'confirmMembers'] },
        outdated: { actions: RESEND },
        timeout: { guard: 'isWaiting', actions: RESEND },
        retry: { guard: 'isRefused', actions: RESEND },
        routerDown: { actions: 'noteDown' },
        routerDestroyed: { actions: 'forget' },
      },
    },
    active: {
      description: 'sent and confirmed',
      on: {
        setSourceBased: [
          { guard: 'isNone', target: 'add', actions: ['chooseSourceBased', ...CHANGE] },
          { actions: 'success' },
        ],
        setNone: [
          { guard: 'isSourceBased', target: 'add', actions: ['chooseNone', ...CHANGE] },
          { actions: 'success' },
        ],
        update: { target: 'add', actions: CHANGE },
        membersChanged: { target: 'add', actions: CHANGE },
        // The same generation: a router that has it only says so.
        resend: { actions: 'putRule' },
        delete: { target: 'revoke', actions: REMOVE },
        inForce: { actions: ['noteInForce', 'confirmMembers'] },
        // Nobody changed it, and the router cannot serve it any more: its address has moved, its certificate has gone.
        refused: { target: 'add', actions: ['noteDown', 'noteRefused'] },
        // The router lost what it had confirmed, or this is an old report: to send it again is right in both cases.
        outdated: { target: 'add', actions: ['noteOutdated', ...RESEND] },
        // Confirmed, but the verification did not come or was lost: the same generation again gets the same answer.
        timeout: { guard: 'isUnverified', actions: 'putRule' },
        routerDown: { actions: 'noteDown' },
        routerDestroyed: { target: 'add', actions: 'forget' },
      },
    },
    revoke: {
      description: 'being removed; waits for the router, which may come back later',
      on: {
        delete: { actions: 'success' },
        resend: { actions: ['ask', 'removeRule'] },
        applied: 'gone',
        refused: { actions: 'noteRefused' },
        outdated: { actions: ['ask', 'removeRule'] },
        timeout: { guard: 'isWaiting', actions: ['ask', 'removeRule'] },
        retry: { guard: 'isRefused', actions: ['ask', 'removeRule'] },
        routerDown: { actions: 'noteDown' },
        routerDestroyed: 'gone',
      },
    },
    gone: { type: 'final' },
  },
});

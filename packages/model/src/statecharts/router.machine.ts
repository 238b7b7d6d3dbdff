import { setup } from 'xstate';
import { command, signal, success } from './commands.ts';

/** What can happen to a virtual router: its start and end, and the loss of contact with it. */
export type RouterEvent =
  | { type: 'deploy' }
  | { type: 'started' }
  | { type: 'startFailed' }
  | { type: 'stop' }
  | { type: 'start' }
  | { type: 'reboot' }
  | { type: 'lost' }
  | { type: 'recovered' }
  | { type: 'destroy' };

/**
 * The virtual router, as the management side sees it.
 *
 * A router that starts gets every rule in one command, whatever triggered the start: one command a tier, each of which
 * replaced all others, left the rules of one tier only (apache/cloudstack#8745). Whether the command arrived is not
 * tracked here: each rule that waits for its answer asks again.
 */
export const routerMachine = setup({
  types: { events: {} as RouterEvent },
  actions: { syncRules: command, reportRules: command, halt: signal, wipe: signal, success },
}).createMachine({
  id: 'router',
  initial: 'absent',
  states: {
    absent: { on: { deploy: 'starting' } },
    starting: {
      on: {
        started: { target: 'running', actions: 'syncRules' },
        startFailed: 'stopped',
        destroy: { target: 'absent', actions: 'wipe' },
      },
    },
    running: {
      on: {
        stop: { target: 'stopped', actions: 'halt' },
        reboot: { target: 'starting', actions: 'halt' },
        lost: 'unreachable',
        destroy: { target: 'absent', actions: 'wipe' },
      },
    },
    unreachable: {
      description: 'traffic flows, commands do not',
      on: {
        recovered: { target: 'running', actions: 'reportRules' },
        stop: { target: 'stopped', actions: 'halt' },
        reboot: { target: 'starting', actions: 'halt' },
        destroy: { target: 'absent', actions: 'wipe' },
      },
    },
    stopped: {
      on: {
        start: 'starting',
        stop: { actions: 'success' },
        destroy: { target: 'absent', actions: 'wipe' },
      },
    },
  },
});

import { and, assign, createMachine, fromPromise, not, raise, setup, stateIn } from 'xstate';

const other = createMachine({ id: 'other', initial: 'only', states: { only: {} } });

/** A machine with everything that XState 5 can say. */
export const richMachine = setup({
  types: { context: {} as { tries: number; label: string } },
  actors: { load: fromPromise(async () => 1), other },
  guards: { isReady: () => true, hasTries: ({ context }, params: { least: number }) => context.tries >= params.least },
  actions: { putRule: () => {}, note: () => {}, tell: (_, _params: { whom: string }) => {} },
  delays: { patience: 500 },
}).createMachine({
  id: 'rich',
  context: { tries: 0, label: '' },
  type: 'parallel',
  on: { RESET: { target: '.work.idle', actions: 'note' } },
  states: {
    work: {
      initial: 'idle',
      states: {
        idle: {
          entry: 'note',
          on: {
            START: [
              { guard: 'isReady', target: 'busy', actions: ['putRule', { type: 'tell', params: { whom: 'all' } }] },
              { guard: { type: 'hasTries', params: { least: 2 } }, target: 'stuck' },
              { guard: not('isReady'), actions: assign({ tries: ({ context }) => context.tries + 1 }) },
            ],
            '*': { actions: 'note' },
          },
        },
        busy: {
          description: 'two steps, one after the other',
          tags: ['loading'],
          initial: 'first',
          invoke: { src: 'load', id: 'loading', onDone: 'idle', onError: { target: 'stuck', actions: 'note' } },
          after: { 1000: 'stuck', patience: { actions: 'note' } },
          states: {
            first: { always: { guard: and(['isReady', stateIn('#light')]), target: 'second' } },
            second: { on: { NEXT: 'end' }, always: [{ guard: () => false, target: 'first' }] },
            end: { type: 'final' },
            back: { type: 'history', history: 'deep' },
          },
          onDone: { target: 'idle', actions: raise({ type: 'NEXT' }) },
        },
        stuck: { on: { START: { target: 'stuck', reenter: true }, NEXT: 'busy.back' } },
      },
    },
    light: { id: 'light', initial: 'on', states: { on: { on: { TOGGLE: 'off' } }, off: { on: { TOGGLE: 'on' } } } },
  },
});

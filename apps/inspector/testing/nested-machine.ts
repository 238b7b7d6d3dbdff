import { createMachine } from 'xstate';

/** Parallel regions, three levels, history, and transitions between all of them. */
export const nestedMachine = createMachine({
  id: 'player',
  type: 'parallel',
  on: { RESET: { target: ['.playback.stopped', '.sound.audible'], actions: 'forget' } },
  states: {
    playback: {
      initial: 'stopped',
      states: {
        stopped: { on: { PLAY: 'playing', LOAD: { guard: 'hasTrack', actions: ['fetch', 'show'] } } },
        playing: {
          initial: 'buffering',
          entry: 'light',
          exit: 'dim',
          after: { 30000: 'stopped' },
          on: { STOP: 'stopped', SEEK: { target: 'playing', reenter: true }, PAUSE: 'paused' },
          states: {
            buffering: { always: { guard: 'isFull', target: 'running' } },
            running: { on: { STALL: 'buffering', CRASH: '#player.playback.broken' } },
            where: { type: 'history' },
          },
        },
        paused: { on: { PLAY: 'playing.where' } },
        broken: { type: 'final' },
      },
    },
    sound: {
      initial: 'audible',
      states: {
        audible: { on: { MUTE: 'muted' } },
        muted: { on: { MUTE: { guard: 'mayUnmute', target: 'audible' } } },
      },
    },
  },
});

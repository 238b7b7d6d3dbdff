import { assign, setup } from 'xstate';
import { signal, success } from './commands.ts';
import { aged, type Freshness } from './freshness.ts';

/** What the router has for one rule. */
export interface EntryContext {
  /** The newest generation that it was given. */
  generation: Freshness;
  /** The generation that clients meet for certain. */
  serves: Freshness;
}

/**
 * What can happen to an entry: commands that arrive (`put`, `putStale`, `remove`, `report`), what the router does about them
 * (`apply`, `refuse`, `verify`), what its host takes from the rule and gives back (`loseAddress`, `regainAddress`,
 * `loseCertificate`, `regainCertificate`), a newer generation on the management side (`age`), and the router's own end (`halt`, `wipe`).
 */
export type EntryEvent =
  | { type: 'put' }
  | { type: 'putStale' }
  | { type: 'remove' }
  | { type: 'report' }
  | { type: 'apply' }
  | { type: 'refuse' }
  | { type: 'verify' }
  | { type: 'loseAddress' }
  | { type: 'regainAddress' }
  | { type: 'loseCertificate' }
  | { type: 'regainCertificate' }
  | { type: 'age' }
  | { type: 'halt' }
  | { type: 'wipe' };

/**
 * A router's entry for one rule: what it was told, what it programmed, and what it verified on its data plane.
 *
 * `put` and `remove` carry the rule's latest generation, `putStale` an older one that came late; a removal is a rule's last
 * generation, so there is no stale one. Of two old generations it does not matter which is there: neither is wanted.
 */
export const entryMachine = setup({
  types: { context: {} as EntryContext, events: {} as EntryEvent },
  guards: { isCurrent: ({ context }) => context.generation === 'current' },
  actions: {
    answerApplied: signal,
    answerRefused: signal,
    answerInForce: signal,
    answerOutdated: signal,
    success,
    take: assign({ generation: 'current' }),
    takeStale: assign({ generation: 'stale' }),
    serve: assign({ serves: ({ context }) => context.generation }),
    serveNothing: assign({ serves: 'absent' }),
    age: assign({
      generation: ({ context }) => aged(context.generation),
      serves: ({ context }) => aged(context.serves),
    }),
    forget: assign({ generation: 'absent', serves: 'absent' }),
  },
}).createMachine({
  id: 'entry',
  context: { generation: 'absent', serves: 'absent' },
  initial: 'empty',
  states: {
    empty: {
      on: {
        put: { target: 'applying', actions: 'take' },
        putStale: { target: 'applying', actions: 'takeStale' },
        remove: { target: 'removed', actions: ['take', 'answerApplied'] },
        report: { actions: 'answerOutdated' },
      },
    },
    applying: {
      on: {
        apply: { target: 'programmed', actions: 'answerApplied' },
        refuse: { target: 'refused', actions: 'answerRefused' },
        put: { actions: 'take' },
        putStale: { actions: 'success' },
        remove: { target: 'removing', actions: 'take' },
        report: [{ guard: 'isCurrent', actions: 'success' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        halt: { actions: 'serveNothing' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    refused: {
      description: 'cannot be rendered, bound or validated; what was there before goes on',
      on: {
        put: { target: 'applying', actions: 'take' },
        putStale: { actions: 'success' },
        remove: { target: 'removing', actions: 'take' },
        report: [{ guard: 'isCurrent', actions: 'answerRefused' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        halt: { actions: 'serveNothing' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    programmed: {
      description: 'loaded, not yet verified; held connections of the generation before may still drain',
      on: {
        verify: { target: 'inForce', actions: ['serve', 'answerInForce'] },
        loseAddress: { target: 'addressAway', actions: ['serveNothing', 'answerRefused'] },
        loseCertificate: { target: 'certificateGone', actions: ['serveNothing', 'answerRefused'] },
        put: [
          { guard: 'isCurrent', actions: 'answerApplied' },
          { target: 'applying', actions: 'take' },
        ],
        putStale: { actions: 'success' },
        remove: { target: 'removing', actions: 'take' },
        report: [{ guard: 'isCurrent', actions: 'answerApplied' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        halt: { actions: 'serveNothing' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    inForce: {
      on: {
        loseAddress: { target: 'addressAway', actions: ['serveNothing', 'answerRefused'] },
        loseCertificate: { target: 'certificateGone', actions: ['serveNothing', 'answerRefused'] },
        put: [
          { guard: 'isCurrent', actions: 'answerInForce' },
          { target: 'applying', actions: 'take' },
        ],
        putStale: { actions: 'success' },
        remove: { target: 'removing', actions: 'take' },
        report: [{ guard: 'isCurrent', actions: 'answerInForce' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        // The last good config is on disk: the router comes back with it, and verifies it again.
        halt: { target: 'programmed', actions: 'serveNothing' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    addressAway: {
      description: 'it was loaded, and cannot be served now: its address is elsewhere',
      on: {
        regainAddress: { target: 'programmed', actions: 'answerApplied' },
        put: [
          { guard: 'isCurrent', actions: 'answerRefused' },
          { target: 'waitingForAddress', actions: ['take', 'answerRefused'] },
        ],
        putStale: { actions: 'success' },
        remove: { target: 'removing', actions: 'take' },
        report: [{ guard: 'isCurrent', actions: 'answerRefused' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        halt: { actions: 'success' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    waitingForAddress: {
      description:
        'a newer generation came while the address was elsewhere; applied when it is back, without another command',
      on: {
        regainAddress: 'applying',
        put: { actions: ['take', 'answerRefused'] },
        putStale: { actions: 'success' },
        remove: { target: 'removing', actions: 'take' },
        report: [{ guard: 'isCurrent', actions: 'answerRefused' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        halt: { actions: 'success' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    certificateGone: {
      description: 'it was loaded, and cannot be served now: its certificate is gone',
      on: {
        regainCertificate: { target: 'programmed', actions: 'answerApplied' },
        put: [
          { guard: 'isCurrent', actions: 'answerRefused' },
          { target: 'waitingForCertificate', actions: ['take', 'answerRefused'] },
        ],
        putStale: { actions: 'success' },
        remove: { target: 'removing', actions: 'take' },
        report: [{ guard: 'isCurrent', actions: 'answerRefused' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        halt: { actions: 'success' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    waitingForCertificate: {
      description:
        'a newer generation came while the certificate was gone; applied when it is back, without another command',
      on: {
        regainCertificate: 'applying',
        put: { actions: ['take', 'answerRefused'] },
        putStale: { actions: 'success' },
        remove: { target: 'removing', actions: 'take' },
        report: [{ guard: 'isCurrent', actions: 'answerRefused' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        halt: { actions: 'success' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    removing: {
      on: {
        apply: { target: 'removed', actions: ['serveNothing', 'answerApplied'] },
        refuse: { target: 'refused', actions: 'answerRefused' },
        putStale: { actions: 'success' },
        remove: { actions: 'success' },
        report: { actions: 'success' },
        halt: { actions: 'serveNothing' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
    removed: {
      description: 'the generation of the removal is kept, so that an older command that comes late changes nothing',
      on: {
        // A rule with the same address and port was created again: its generations go on from those of the removed one.
        put: { target: 'applying', actions: 'take' },
        putStale: { actions: 'success' },
        remove: { actions: ['take', 'answerApplied'] },
        report: [{ guard: 'isCurrent', actions: 'answerApplied' }, { actions: 'answerOutdated' }],
        age: { actions: 'age' },
        halt: { actions: 'success' },
        wipe: { target: 'empty', actions: 'forget' },
      },
    },
  },
});

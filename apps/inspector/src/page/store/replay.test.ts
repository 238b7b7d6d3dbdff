import type { Message } from '@limpet/inspection';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createReplay } from './replay.ts';
import { type RunState, takeMessage } from './run-state.ts';

const message = fc.oneof(
  fc.record({
    kind: fc.constant('snapshot' as const),
    actor: fc.constantFrom('a', 'b', 'c'),
    states: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
    status: fc.constant('active' as const),
  }),
  fc.record({ kind: fc.constant('command' as const), actor: fc.constantFrom('a', 'b'), command: fc.string() }),
  fc.record({ kind: fc.constant('fault' as const), what: fc.string() }),
);
const run = fc
  .array(message, { minLength: 1, maxLength: 2000, size: 'max' })
  .map((bodies) => bodies.map((body, at): Message => ({ seq: at + 1, at, ...body })));

const straight = (messages: readonly Message[]): RunState => {
  const state: RunState = new Map();
  for (const each of messages) takeMessage(state, each);
  return state;
};

it('is anywhere in a run what a straight run to there would be, also when the beginning is forgotten', () => {
  fc.assert(
    fc.property(run, fc.array(fc.nat()), fc.nat(), (messages, jumps, cut) => {
      const kept = [...messages];
      const replay = createReplay(kept);
      const check = (index: number, forgotten: number) => {
        replay.seek(index - forgotten);
        const expected = straight(messages.slice(0, index + 1));
        expect(Object.fromEntries(replay.state)).toEqual(Object.fromEntries(expected));
      };
      for (const jump of jumps) check((jump % (messages.length + 1)) - 1, 0);
      const forgotten = cut % messages.length;
      check(messages.length - 1, 0);
      replay.forget(forgotten);
      kept.splice(0, forgotten);
      for (const jump of jumps) check(forgotten + (jump % (messages.length - forgotten)), forgotten);
    }),
    { numRuns: 60 },
  );
});

it('says which actors differ', () => {
  const messages: Message[] = [
    { seq: 1, at: 0, kind: 'snapshot', actor: 'a', states: ['x'], status: 'active' },
    { seq: 2, at: 0, kind: 'event', actor: 'b', event: { type: 'GO' } },
    { seq: 3, at: 0, kind: 'snapshot', actor: 'c', states: ['x'], status: 'active' },
  ];
  const replay = createReplay(messages);
  expect([...replay.seek(2)!]).toEqual(['a', 'c']);
  expect(replay.seek(0)).toBeUndefined();
  expect(replay.at).toBe(0);
});

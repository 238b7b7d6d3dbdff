import type { Message } from '@limpet/inspection';
import { expect, it } from 'vitest';
import { lanesAfter, stepsOf } from './steps-of.ts';

const step = (seq: number, lane: string, changed: Record<string, string>): Message => ({
  seq,
  at: seq,
  kind: 'step',
  lane,
  text: `step of ${lane}`,
  changed,
});
const fault = (seq: number): Message => ({ seq, at: seq, kind: 'fault', what: 'x' });
const steps = stepsOf([
  fault(1),
  step(2, 'a', { a: 'one' }),
  fault(3),
  fault(4),
  step(5, 'b', { b: 'two', a: 'three' }),
]);

it('knows which messages belong to a step', () => {
  expect(steps.map(({ number, start, end }) => [number, start, end])).toEqual([
    [1, 1, 3],
    [2, 4, 4],
  ]);
});

it.each([
  [
    0,
    [
      ['a', '', '', false],
      ['b', 'zero', 'zero', false],
    ],
  ],
  [
    1,
    [
      ['a', '', 'one', true],
      ['b', 'zero', 'zero', false],
    ],
  ],
  [
    2,
    [
      ['a', 'one', 'three', true],
      ['b', 'zero', 'two', true],
    ],
  ],
] as const)('after step %d the lanes are these, and those that it changed are marked', (number, expected) => {
  const lanes = lanesAfter({ b: 'zero' }, steps, number).map(({ lane, before, now, changed }) => [
    lane,
    before,
    now,
    changed,
  ]);
  expect(lanes.sort()).toEqual(expected);
});

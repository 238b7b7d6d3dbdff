import { expect, it } from 'vitest';
import { compare, type Measured } from './measured.ts';

const run = (program: string, change: Partial<Measured> = {}): Measured => ({
  program,
  states: 1000,
  transitions: 5000,
  seconds: 1,
  bytesPerState: undefined,
  ...change,
});

it('says how much longer each program takes than the first', () => {
  const text = compare('toy', [run('ours', { bytesPerState: 16 }), run('other', { seconds: 2.5 })]);
  expect(text).toContain('toy: 1,000 states, 5,000 transitions');
  expect(text).toContain('16.0 B/state');
  expect(text).toContain('2.5 times as long');
});

it('compares nothing that is not the same', () => {
  expect(() => compare('toy', [run('ours'), run('other', { transitions: 4999 })])).toThrow(
    'toy: other visits 1000 states and 4999 transitions, ours 1000 and 5000',
  );
});

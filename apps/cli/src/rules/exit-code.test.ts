import { expect, it } from 'vitest';
import { exitCodeOf } from './exit-code.ts';

const refusal = { rule: '203.0.113.10:80', reason: 'AddressNotLocal', message: 'ip: not here' };

it.each([
  [false, [], 0],
  [true, [], 2],
  [false, [refusal], 1],
  [true, [refusal], 1],
])('changes %s, refusals %j: %i', (changes, refusals, code) => {
  expect(exitCodeOf({ changes, refusals })).toBe(code);
});

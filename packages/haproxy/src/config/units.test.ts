import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatSize, formatTime, parseSize, parseTime } from './units.ts';

test.each([
  [0, '0'],
  [0.25, '250us'],
  [1500, '1500ms'],
  [1_800_000, '30m'],
  [90_000, '90s'],
  [86_400_000, '1d'],
])('%d ms is %s', (milliseconds, word) => {
  expect(formatTime(milliseconds)).toBe(word);
  expect(parseTime(word)).toBe(milliseconds);
});

// 2.6 refuses "4g" as the size of a table.
test.each([
  [0, '0'],
  [1000, '1000'],
  [204_800, '200k'],
  [4 * 1024 ** 3, '4096m'],
])('%d is %s', (size, word) => {
  expect(formatSize(size)).toBe(word);
  expect(parseSize(word)).toBe(size);
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (number) => {
      expect(parseTime(formatTime(number))).toBe(number);
      expect(parseSize(formatSize(number))).toBe(number);
    }),
  );
});

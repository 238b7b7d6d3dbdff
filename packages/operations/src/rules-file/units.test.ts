import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSize, parseTime, renderSize, renderTime } from './units.ts';

describe('times and sizes', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['3h', 10_800_000],
    ['1d', 86_400_000],
  ])('%s is %i ms', (text, ms) => expect(parseTime(text)).toBe(ms));

  it.each(['', '30', '30 s', '-1s', '1.5h', '30M', 's', '1h30m', '9999999999999s'])('%j is no time', (text) =>
    expect(parseTime(text)).toBeUndefined(),
  );

  it.each([
    ['1k', 1024],
    ['200k', 204_800],
    ['4m', 4_194_304],
  ])('%s is %i entries', (text, size) => expect(parseSize(text)).toBe(size));

  it('come back from what is rendered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (value) => {
        expect(parseTime(renderTime(value))).toBe(value);
        const size = renderSize(value);
        expect(parseSize(size) ?? Number(size)).toBe(value);
      }),
    );
  });
});

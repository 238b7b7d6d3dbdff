import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpire, parseTableSize, renderExpire, renderTableSize } from './units.ts';

describe('units', () => {
  it('counts sizes by 1024', () => {
    expect(parseTableSize('200k')).toBe(204_800);
    expect(parseTableSize('1m')).toBe(1_048_576);
    expect(parseTableSize('1000')).toBe(1000);
  });

  it('reads times in seconds, and none without a unit', () => {
    expect(parseExpire('30m')).toBe(1800);
    expect(parseExpire('1d')).toBe(86_400);
    expect(parseExpire('30')).toBeUndefined();
  });

  it.each(['', '-5k', '+5k', '5.5k', '5 k', 'k', '5kk', '5K', '400g '])('takes no size %j', (word) => {
    expect(parseTableSize(word)).toBeUndefined();
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (n) => {
        expect(parseTableSize(renderTableSize(n))).toBe(n);
        expect(parseExpire(renderExpire(n))).toBe(n);
      }),
    );
  });
});

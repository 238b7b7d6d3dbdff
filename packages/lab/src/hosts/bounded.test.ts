import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapBounded } from './bounded.ts';

test('results come in the order of the items, and no more than the limit run at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat()), fc.integer({ min: 1, max: 8 }), fc.scheduler(), async (items, limit, s) => {
      let running = 0;
      let most = 0;
      const result = mapBounded(items, limit, async (item) => {
        most = Math.max(most, ++running);
        await s.schedule(Promise.resolve());
        running--;
        return item + 1;
      });
      await s.waitFor(result);
      expect(await result).toEqual(items.map((item) => item + 1));
      expect(most).toBe(Math.min(limit, items.length));
    }),
  );
});

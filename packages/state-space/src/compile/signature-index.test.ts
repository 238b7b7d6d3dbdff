import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SignatureIndex } from './signature-index.ts';

it('gives equal numbers to equal sequences, and to no others', () => {
  const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 2 ** 40, max: 2 ** 40 + 3 }));
  fc.assert(
    fc.property(fc.array(fc.array(number, { maxLength: 4 }), { maxLength: 2000, size: 'max' }), (sequences) => {
      const index = new SignatureIndex();
      const known = new Map<string, number>();
      const room = new Float64Array(8);
      for (const sequence of sequences) {
        room.set(sequence);
        const expected = known.get(sequence.join()) ?? known.size;
        known.set(sequence.join(), expected);
        expect(index.add(room, sequence.length)).toBe(expected);
      }
      expect(index.size).toBe(known.size);
    }),
    { numRuns: 30 },
  );
});

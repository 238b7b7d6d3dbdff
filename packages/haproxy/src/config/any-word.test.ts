import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HaproxyError } from '../errors.ts';
import type { Line } from './file.ts';
import { tokenizeLine } from './tokenize.ts';
import { line, quoted } from './write.ts';

const word = fc.string({ minLength: 1, unit: fc.constantFrom(...'ab1_.:/\\"\'# $\t{}x4'.split('')) });
const anyText = fc.oneof(word, fc.string(), fc.string({ unit: 'binary' }));

test.each([
  ['as it is', (value: string) => line(value)],
  ['in quotes', (value: string) => line(quoted(value))],
])(
  'any word %s is one word for HAProxy, or it is refused',
  (_, write) => {
    let refused = 0;
    fc.assert(
      fc.property(anyText, (value) => {
        let safe: Line;
        try {
          safe = write(value);
        } catch (error) {
          expect((error as HaproxyError).code).toBe('HAPROXY_CONFIG_TOKEN');
          refused++;
          return;
        }
        // Plain comparisons: expect() would take a minute for so many.
        const read = tokenizeLine(`  ${safe.text}`, 1);
        const same = read?.words.length === 1 && read.words[0] === value && read.text === safe.text && !read.expands;
        if (!same || /[\r\n\0]/.test(safe.text)) throw new Error(`${JSON.stringify(value)} became ${safe.text}`);
      }),
      { numRuns: 100_000 },
    );
    expect(refused).toBeGreaterThan(1000);
  },
  120_000,
);

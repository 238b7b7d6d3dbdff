import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IptablesError } from './errors.ts';
import { renderChain } from './managed-chain.ts';
import { parseSave } from './parse-save.ts';
import { ruleOf, ruleWords } from './rule-words.ts';

// As iptables-save 1.8.9 prints comments and log prefixes.
test.each([
  ['-p tcp  --dport 80', ['-p', 'tcp', '--dport', '80']],
  [String.raw`--comment "it\'s \"a\" \\ b" -j DROP`, ['--comment', 'it\'s "a" \\ b', '-j', 'DROP']],
  ['--comment "" -j DROP', ['--comment', '', '-j', 'DROP']],
  ['--comment a"b c" -j DROP', ['--comment', 'ab c', '-j', 'DROP']],
  ['--comment "a"b', ['--comment', 'a', 'b']],
  [String.raw`a\b`, [String.raw`a\b`]],
  ['', []],
])('%s is split as iptables-restore splits it', (rule, words) => {
  expect(ruleWords(rule)).toEqual(words);
});

test('a quote that is never closed is refused', () => {
  expect(() => ruleWords('--comment "a')).toThrowError(expect.objectContaining({ code: 'IPTABLES_RULE' }));
  expect(() => ruleWords('--comment "a\\"')).toThrowError(/never closed/);
});

test('any word comes out as one word of one rule on one line, or is refused', () => {
  const unit = fc.constantFrom(...' \t\n\r"\'\\#-AX:*[]é\0\u2028'.split(''));
  const word = fc.oneof(fc.string({ unit }), fc.string(), fc.string({ unit: 'binary' }));
  let refused = 0;
  fc.assert(
    fc.property(word, (value) => {
      let rule: string;
      try {
        rule = ruleOf('--comment', value, '-j', 'DROP');
      } catch (error) {
        expect((error as IptablesError).code).toBe('IPTABLES_RULE');
        refused++;
        return;
      }
      const saved = parseSave(renderChain({ table: 'filter', chain: 'MINE', rules: [rule] }));
      const [read, ...others] = saved.tables[0]!.chains[0]!.rules;
      // Plain comparisons: expect() would take a minute for so many.
      const [, written, , target, ...more] = ruleWords(read!);
      const same = written === value && target === 'DROP' && more.length + others.length === 0;
      if (!same) throw new Error(`${JSON.stringify(value)} became ${rule}`);
    }),
    { numRuns: 100_000 },
  );
  expect(refused).toBeGreaterThan(1000);
  expect(() => ruleOf('x'.repeat(1024))).toThrowError(/more than 1023 bytes/);
});

import { expect, test } from 'vitest';
import { HaproxyError } from '../errors.ts';
import { tokenizeLine } from './tokenize.ts';

const words = (source: string) => tokenizeLine(source, 1)?.words;

// What `show env` of 2.6.12 printed for `setenv X ...`.
test.each([
  [String.raw`a\ b`, 'a b'],
  [`"a b"c'd e'`, 'a bcd e'],
  [String.raw`a\nb`, 'a\nb'],
  [String.raw`"a\nb\"c\$d\\e\ f\#g\'h"`, 'a\nb"c$d\\e f#g\'h'],
  [String.raw`'a\nb"c$d'`, String.raw`a\nb"c$d`],
  [String.raw`\x41\x4a`, 'AJ'],
  ['a#b', 'a'],
  ['"a#b"', 'a#b'],
  [String.raw`a\#b`, 'a#b'],
  ['x""', 'x'],
  [String.raw`a\qb`, String.raw`a\qb`],
  [String.raw`"a\qb"`, String.raw`a\qb`],
  ['$HOME', '$HOME'],
  [String.raw`"\x41\t"`, 'A\t'],
  [String.raw`a"b\'c"`, "ab'c"],
  [String.raw`\$x\"y\'z`, String.raw`\$x"y'z`],
  [String.raw`abc\\`, 'abc\\'],
])('%s is read as HAProxy reads it', (source, expected) => {
  expect(words(`  setenv X ${source}`)).toEqual(['setenv', 'X', expected]);
});

test('blank and comment lines are none', () => {
  expect(['', '  \t', '# x', '  # "'].map(words)).toEqual([undefined, undefined, undefined, undefined]);
});

test('the text is the line without indentation and comment, its escaped blanks kept', () => {
  expect(tokenizeLine('\tstats realm Haproxy\\ \\  # c\r', 1)?.text).toBe('stats realm Haproxy\\ \\ ');
});

test('an open quote and half a hexadecimal escape are refused with the line number', () => {
  expect(() => tokenizeLine('a "b', 7)).toThrowError(HaproxyError);
  expect(() => tokenizeLine('a "b', 7)).toThrowError(/line 7: a quote/);
  expect(() => tokenizeLine('a \\x4g', 8)).toThrowError(/line 8: .*hexadecimal/);
});

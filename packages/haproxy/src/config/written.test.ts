import { expect, it } from 'vitest';
import { renderConfig } from './render.ts';
import { readStatement, statementLine, unknownLines } from './statement.ts';
import { parseStickOn } from './stick.ts';
import { tokenizeLine } from './tokenize.ts';
import { linesText, section } from './write.ts';

it.each(['cookie A', 'cookie A maxlife 90s', 'stick-table type ip size 4k', 'stick on src'])(
  '%s is written with nothing more',
  (text) => {
    expect(statementLine(readStatement(tokenizeLine(text, 1)!)).text).toBe(text);
  },
);

it('the life of a cookie is in seconds where no unit stands', () => {
  expect(readStatement(tokenizeLine('cookie A maxlife 90', 1)!)).toMatchObject({ maxLife: 90 });
});

it('what is not given is not there', () => {
  expect(readStatement(tokenizeLine('stick on src', 1)!)).toStrictEqual({
    keyword: 'stick',
    action: 'on',
    pattern: 'src',
  });
  expect(Object.keys(parseStickOn(['src', 'table']))).toEqual(['pattern']);
});

it.each(['global', 'defaults', 'listen', 'frontend', 'backend', 'peers'] as const)('lines of %s are read', (kind) => {
  const lines = [{ text: 'lunch', words: ['lunch'] }];
  expect(unknownLines({ sections: [{ kind, lines }] })[0]?.reason).toBe('"lunch" is no keyword that is known here');
});

it('only "no" takes an option back', () => {
  expect(() => readStatement(tokenizeLine('yes option tcplog', 1)!)).toThrowError('"yes" is no keyword');
});

it.each([
  ['a $b', undefined],
  ["a '$b'", undefined],
  ['a "b"', undefined],
  ['a "$b"', true],
])('%s expands a variable: %s', (source, expands) => {
  expect(tokenizeLine(source, 1)?.expands).toBe(expands);
});

it('lines are the same text alone and in a section', () => {
  const lines = [
    ['mode', 'tcp'],
    ['maxconn', 10],
    ['stats', 'realm', { quoted: 'a "b" $c' }],
  ];
  expect(`listen web\n${linesText(lines)}`).toBe(renderConfig({ sections: [section('listen', 'web', lines)] }));
  expect(linesText([])).toBe('');
  expect(() => linesText([['mode', 'tcp\nbind']])).toThrow(/cannot stand in haproxy\.cfg/);
  expect(() => linesText([[]])).toThrow(/1 to 64 words, not 0/);
});

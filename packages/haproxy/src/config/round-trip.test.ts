import { expect, it } from 'vitest';
import { readListen, readListens } from './listen.ts';
import { parseConfig } from './parse.ts';
import { parseServer } from './server.ts';
import { readStatement, statementLine, unknownLines } from './statement.ts';
import { tokenizeLine } from './tokenize.ts';

it('what is not given is not there', () => {
  expect(parseConfig('global\n')).toStrictEqual({ sections: [{ kind: 'global', lines: [] }] });
  expect(Object.keys(parseServer(['a', '1.2.3.4:5', 'cookie']))).not.toContain('cookie');
});

it.each([
  'mode tcp',
  'hash-type map-based',
  'hash-type consistent sdbm',
  'hash-type consistent avalanche',
  'server-template a 3 127.0.0.1:5',
  'server-template a 2-3 127.0.0.1:5 check',
  'default-server check weight 5',
  'bind unix@/a,*:80 mode 600',
  'setenv A "b c"',
  'no option tcplog',
  'stats uri /x',
  'http-check send meth GET',
  'acl a src 10.0.0.0/8',
  'force-persist if a',
  'http-request deny unless a b',
  'tune.bufsize 5',
  'timeout client 5s',
  'stick match src table t if a',
  'stick-table type ip len 5 size 4k expire 2s nopurge peers p srvkey addr store a',
  'cookie A insert indirect domain a attr b maxidle 2s maxlife 3m',
])('%s is written as it was read', (text) => {
  expect(statementLine(readStatement(tokenizeLine(text, 1)!)).text).toBe(text);
});

it.each([
  ['listen a\n mode "tcp\n', 'line 2: a quote " is never closed'],
  ['listen a\n bind\n', 'listen a: "bind": "" is not ADDRESS:PORT'],
  ['listen a\n timeout client\n', 'listen a: "timeout client": "" is not a time'],
])('%j is refused by line', (text, message) => {
  expect(() => readListens(parseConfig(text))).toThrowError(message);
});

it.each([
  [[], '"" is no keyword'],
  [['server-template', 'a', 'x-3', '1.2.3.4:5'], '"server-template" needs a whole number, not "x"'],
])('%j are refused', (words, message) => {
  expect(() => readStatement({ text: '', words })).toThrowError(message);
});

it.each([
  ['mode tcp', { keyword: 'mode', mode: 'tcp' }],
  ['hash-type map-based', { keyword: 'hash-type', method: 'map-based' }],
  ['default-server check', { keyword: 'default-server', options: [{ keyword: 'check' }] }],
])('%s is read', (text, statement) => {
  expect(readStatement(tokenizeLine(text, 1)!)).toStrictEqual(statement);
});

it('only at its beginning does unix@ say that a path follows', () => {
  const [bind] = readListens(parseConfig('listen a\n bind /d/unix@/e\n'))[0]!.binds;
  expect(bind).toEqual({ unix: '/d/unix@/e', options: [] });
  expect(readStatement(tokenizeLine('bind /d/unix@/e', 1)!)).toMatchObject({ endpoints: [{ unix: '/d/unix@/e' }] });
});

it('an error that is not about the file is not taken for one', () => {
  const broken = { kind: 'listen' as const, name: 'a', lines: [{ text: 'mode', words: undefined as never }] };
  expect(() => readListen(broken)).toThrowError(TypeError);
  expect(() => unknownLines({ sections: [broken] })).toThrowError(TypeError);
});

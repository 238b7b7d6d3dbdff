import { expect, test } from 'vitest';
import { parseConfig } from './parse.ts';
import { renderConfig } from './render.ts';
import { readStatement, type Statement, statementLine, unknownLines } from './statement.ts';
import { tokenizeLine } from './tokenize.ts';

const read = (text: string): Statement => readStatement(tokenizeLine(text, 1)!);

test.each<[string, Statement]>([
  [
    'cookie SRV insert indirect nocache postonly domain .example.org maxidle 30m',
    {
      keyword: 'cookie',
      name: 'SRV',
      mode: 'insert',
      flags: ['indirect', 'nocache', 'postonly'],
      domains: ['.example.org'],
      attributes: [],
      maxIdle: 1800,
    },
  ],
  ['stick match req.cook(JSESSIONID)', { keyword: 'stick', action: 'match', pattern: 'req.cook(JSESSIONID)' }],
  [
    'stick store-response res.cook(J) table t',
    { keyword: 'stick', action: 'store-response', pattern: 'res.cook(J)', table: 't' },
  ],
  [
    'stick store-request src if { src 10.0.0.0/8 }',
    {
      keyword: 'stick',
      action: 'store-request',
      pattern: 'src',
      condition: { test: 'if', words: ['{', 'src', '10.0.0.0/8', '}'] },
    },
  ],
  [
    'stick-table type string len 52 size 200k expire 3h nopurge peers lb store gpc0,conn_rate(10s)',
    {
      keyword: 'stick-table',
      table: {
        type: 'string',
        length: 52,
        size: 204_800,
        expire: 10_800_000,
        noPurge: true,
        peers: 'lb',
        store: 'gpc0,conn_rate(10s)',
      },
    },
  ],
  [
    'bind 203.0.113.1:443,:8443 ssl crt /etc/ssl/a.pem crt /etc/ssl/b.pem alpn h2,http/1.1',
    {
      keyword: 'bind',
      endpoints: [
        { address: '203.0.113.1', port: 443 },
        { address: '*', port: 8443 },
      ],
      options: [
        { keyword: 'ssl' },
        { keyword: 'crt', value: '/etc/ssl/a.pem' },
        { keyword: 'crt', value: '/etc/ssl/b.pem' },
        { keyword: 'alpn', value: 'h2,http/1.1' },
      ],
    },
  ],
  [
    'server vm1 10.1.1.1:80 id 1 check send-proxy weight 5',
    {
      keyword: 'server',
      name: 'vm1',
      address: '10.1.1.1',
      port: 80,
      options: [
        { keyword: 'id', value: '1' },
        { keyword: 'check' },
        { keyword: 'send-proxy' },
        { keyword: 'weight', value: '5' },
      ],
    },
  ],
  [
    'server-template slot 3-9 127.0.0.1:9 disabled',
    {
      keyword: 'server-template',
      prefix: 'slot',
      first: 3,
      last: 9,
      address: '127.0.0.1',
      port: 9,
      options: [{ keyword: 'disabled' }],
    },
  ],
  ['option httpchk GET /health', { keyword: 'option', name: 'httpchk', enabled: true, arguments: ['GET', '/health'] }],
  ['no option http-keep-alive', { keyword: 'option', name: 'http-keep-alive', enabled: false, arguments: [] }],
  ['http-check expect status 200', { keyword: 'http-check', action: 'expect', arguments: ['status', '200'] }],
  ['timeout http-keep-alive 1500', { keyword: 'timeout', event: 'http-keep-alive', milliseconds: 1500 }],
  ['maxconn 500', { keyword: 'maxconn', value: 500 }],
  ['balance source', { keyword: 'balance', algorithm: 'source', arguments: [] }],
  [
    'hash-type consistent crc32 avalanche',
    { keyword: 'hash-type', method: 'consistent', function: 'crc32', avalanche: true },
  ],
  ['stats realm Haproxy\\ Statistics', { keyword: 'stats', setting: 'realm', arguments: ['Haproxy Statistics'] }],
  [
    'tcp-request content reject unless { src 10.0.0.0/8 }',
    {
      keyword: 'tcp-request',
      action: ['content', 'reject'],
      condition: { test: 'unless', words: ['{', 'src', '10.0.0.0/8', '}'] },
    },
  ],
  ['tune.bufsize 16384', { keyword: 'tune', name: 'bufsize', value: '16384' }],
  ['setenv GENERATION 7', { keyword: 'setenv', arguments: ['GENERATION', '7'] }],
])('%s', (text, statement) => {
  expect(read(text)).toEqual(statement);
  expect(readStatement(statementLine(statement))).toEqual(statement);
});

test('the times of a cookie are seconds where no unit stands', () => {
  expect(read('cookie A insert maxidle 90 maxlife 2h')).toMatchObject({ maxIdle: 90, maxLife: 7200 });
});

test.each([
  ['cookie', /needs a name/],
  ['cookie A insert prefix', /not both "insert" and "prefix"/],
  ['cookie A rewrite indirect', /cannot be combined/],
  ['cookie A domain', /"domain" needs a value/],
  ['cookie A sometimes', /no word of a cookie line/],
  ['stick until src', /no stick action/],
  ['stick on src of t', /only "table NAME"/],
  ['stick on src if', /nothing stands after "if"/],
  ['bind 1.2.3.4:80 sometimes', /"sometimes" is no option/],
  ['server a 1.2.3.4:80 weight', /"weight" needs a value/],
  ['timeout lunch 1h', /"lunch" is no timeout/],
  ['timeout client 30x', /not a time/],
  ['maxconn 1 2', /takes 1 words/],
  ['option forceclose', /"forceclose" is no option/],
  ['appsession J len 52', /"appsession" is no keyword/],
  ['toString', /no keyword/],
  ['setenv A "$HOME"', /environment variable/],
])('%s is not read', (text, why) => {
  expect(() => read(text)).toThrowError(
    expect.objectContaining({ code: 'HAPROXY_CONFIG_SYNTAX', message: expect.stringMatching(why) }),
  );
});

test('a statement that could not be read again is not written', () => {
  const bind: Statement = { keyword: 'bind', endpoints: [{ address: '*', port: 80 }], options: [{ keyword: 'lunch' }] };
  expect(() => statementLine(bind)).toThrowError(/"lunch" is no option/);
  const crt: Statement = { ...bind, options: [{ keyword: 'ssl', value: 'yes' }] };
  expect(() => statementLine(crt)).toThrowError(/"yes" is no option|value that it does not take/);
  expect(() => statementLine({ keyword: 'maxconn', value: -1 })).toThrowError(/whole number/);
});

test('lines that are not known are kept as they are, and reported with the reason', () => {
  const text = `global
  maxconn 5
  lua-load /x.lua   # a comment
listen a
  bind :80
  capture cookie X len 8
  server x 10.0.0.1
resolvers dns
  nameserver a 127.0.0.1:53
`;
  const file = parseConfig(text);
  expect(unknownLines(file).map(({ section, line, reason }) => [section.kind, line.text, reason])).toEqual([
    ['global', 'lua-load /x.lua', '"lua-load" is no keyword that is known here'],
    ['listen', 'capture cookie X len 8', '"capture" is no keyword that is known here'],
    ['listen', 'server x 10.0.0.1', '"10.0.0.1" is not ADDRESS:PORT with one port of 0 to 65535'],
    ['resolvers', 'nameserver a 127.0.0.1:53', 'the lines of "resolvers" are not read here'],
  ]);
  expect(renderConfig(file)).toContain('\n  lua-load /x.lua\n');
});

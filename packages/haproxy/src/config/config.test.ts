import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readListens } from './listen.ts';
import { parseConfig } from './parse.ts';
import { renderConfig } from './render.ts';
import { tokenizeLine } from './tokenize.ts';
import { line, section } from './write.ts';

/** As CloudStack 4.19.1 writes it (HAProxyConfigurator.java), tabs and blank-only lines included. */
const cloudstack = `global
\tlog 127.0.0.1:3914   local0 warning
\tmaxconn 4096
\tstats socket /var/run/haproxy.socket
\tdaemon
\t 
defaults
\tlog     global
\tmode    tcp
\toption  dontlognull
\tretries 3
\ttimeout connect    5000
\ttimeout client     50000
\ttimeout server     50000

listen stats_on_public
\tbind 10.0.53.2:8081
\tmode http
\tstats realm   Haproxy\\ Statistics
\t 
listen 10_0_53_2-8080
\tbind 10.0.53.2:8080
\tbalance roundrobin
\tserver 10_0_53_2-8080_0 10.1.1.11:80 check
\tserver 10_0_53_2-8080_1 10.1.1.12:80 check weight 5 # second
\tstick-table type ip size 200k expire 30m
\tstick on src
\toption httpclose
`;

test("CloudStack's file is read rule by rule, with its defaults", () => {
  const [stats, rule] = readListens(parseConfig(cloudstack));
  expect(stats).toMatchObject({ name: 'stats_on_public', mode: 'http', servers: [] });
  expect(stats?.other.map(({ words }) => words)).toEqual([['stats', 'realm', 'Haproxy Statistics']]);
  expect(rule).toEqual({
    name: '10_0_53_2-8080',
    binds: [{ address: '10.0.53.2', port: 8080, options: [] }],
    mode: 'tcp',
    balance: 'roundrobin',
    hashConsistent: false,
    servers: [
      {
        name: '10_0_53_2-8080_0',
        ip: '10.1.1.11',
        port: 80,
        check: true,
        disabled: false,
        weight: 1,
        options: ['check'],
      },
      {
        name: '10_0_53_2-8080_1',
        ip: '10.1.1.12',
        port: 80,
        check: true,
        disabled: false,
        weight: 5,
        options: ['check', 'weight', '5'],
      },
    ],
    stickTable: { type: 'ip', size: 204_800, expire: 1_800_000 },
    stickOn: [{ pattern: 'src' }],
    timeouts: { connect: 5000, client: 50_000, server: 50_000 },
    other: [{ text: 'option httpclose', words: ['option', 'httpclose'] }],
  });
});

test("Limpet's own shape is read: probe socket, conditional stickiness, ids, consistent hashing", () => {
  const [rule] = readListens(
    parseConfig(`listen r1
  bind 203.0.113.1:80,:81
  bind unix@/run/p.sock mode 600 accept-proxy
  balance source
  hash-type consistent
  stick-table type string len 52 size 1m expire 90s peers lb nopurge
  stick on src table other unless { src 10.0.0.0/8 }
  default-server inter 2s check
  server vm101 10.1.1.4:80 id 101 disabled cookie id
  maxconn 50
`),
  );
  expect(rule).toMatchObject({
    binds: [
      { address: '203.0.113.1', port: 80 },
      { address: '*', port: 81 },
      { unix: '/run/p.sock', options: ['mode', '600', 'accept-proxy'] },
    ],
    balance: 'source',
    hashConsistent: true,
    stickTable: { type: 'string', length: 52, size: 1024 ** 2, expire: 90_000, peers: 'lb' },
    stickOn: [{ pattern: 'src', table: 'other', condition: 'unless { src 10.0.0.0/8 }' }],
    servers: [{ name: 'vm101', id: 101, check: true, disabled: true, cookie: 'id' }],
    maxconn: 50,
    other: [],
  });
});

test('a proxy inherits from the defaults that it names, else from the last before it', () => {
  const listens = readListens(
    parseConfig('defaults a\n mode http\ndefaults b\n mode tcp\n timeout client 7s\nlisten x from a\nlisten y\n'),
  );
  expect(listens.map(({ name, mode, timeouts }) => [name, mode, timeouts])).toEqual([
    ['x', 'http', {}],
    ['y', 'tcp', { client: 7000 }],
  ]);
});

test.each([
  ['bind 1.2.3.4:80\n', /line 1: "bind" stands before any section/],
  ['listen\n', /is not a listen section with a name/],
  ['listen a b\n', /line 1: .*"from DEFAULTS"/],
  ['listen "a b"\n', /line 1: "a b" is no name/],
  ['listen a\n bind 1.2.3.4\n', /listen a: "bind 1.2.3.4": "1.2.3.4" is not ADDRESS:PORT/],
  ['listen a\n bind 1.2.3.4:99999\n', /is not ADDRESS:PORT/],
  ['listen a\n server x\n', /needs a name and ADDRESS:PORT/],
  ['listen a\n server x 1.2.3.4:80 id y\n', /"server x 1.2.3.4:80 id y": "id" needs a whole number/],
  ['listen a\n stick-table type ip\n', /needs a type and a size/],
  ['listen a\n stick-table type url size 1k\n', /no stick table type/],
  ['listen a\n stick-table type ip size 200x\n', /"200x" is not a size/],
  ['listen a\n timeout client 30x\n', /"30x" is not a time/],
  ['listen a\n maxconn many\n', /"maxconn" needs a whole number/],
  ['listen a\n mode udp\n', /"udp" is no mode/],
])('%j is refused by name', (text, message) => {
  expect(() => readListens(parseConfig(text))).toThrowError(message);
});

const word = fc.string({ minLength: 1, unit: fc.constantFrom(...'ab1_.:/\\"\'# $\t{}x4'.split('')) });
const sourceLine = fc
  .array(word, { maxLength: 5 })
  .map((words) => ` ${words.join(' ')}`)
  .filter((line) => {
    try {
      tokenizeLine(line, 1);
      return true;
    } catch {
      return false;
    }
  });
const source = fc
  .array(fc.tuple(fc.constantFrom('global', 'listen a', 'defaults d', 'backend b from d'), fc.array(sourceLine)))
  .map((sections) => sections.map(([header, lines]) => [header, ...lines].join('\n')).join('\n'));

test('parse(render(parse(text))) is parse(text)', () => {
  fc.assert(
    fc.property(source, (text) => {
      const file = parseConfig(text);
      expect(parseConfig(renderConfig(file))).toEqual(file);
    }),
    { numRuns: 500 },
  );
});

test.each(['', 'a b', 'a\nb', 'a#b', '"', "'", 'a\\b', '$HOME', 'a\0b', 'é', 'a\tb', '\r', 'a;b'])(
  '%j cannot stand in the file',
  (value) => {
    expect(() => line('bind', value)).toThrowError(/cannot stand in haproxy.cfg/);
  },
);

test('a line of more words than HAProxy reads is refused, not cut', () => {
  expect(line(...Array.from({ length: 64 }, (_, at) => at)).words).toHaveLength(64);
  expect(() => line(...Array.from({ length: 65 }, (_, at) => at))).toThrowError(/1 to 64 words, not 65/);
});

test('what is written is what is read', () => {
  const written = {
    sections: [section('global', undefined, [['maxconn', 5]]), section('listen', 'a', [['mode', 'tcp']])],
  };
  expect(parseConfig(renderConfig(written))).toEqual(written);
});

import { expect, it } from 'vitest';
import { fixture } from '../../testing/fixture.ts';
import { bindOptions, optionWords, readOptions, serverOptions } from './options.ts';
import { readStatement } from './statement.ts';
import { plainCodecs } from './statements/plain.ts';

/** What `haproxy -dKcfg` of 2.6.12 lists after these words. */
const listed = (start: string): string[] =>
  fixture('keywords')
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length).replace(/^ssl /, '').trim());
/** `usesrc` stands after `source` only; `ssl` itself comes before the words that need it. */
const alone = (rows: readonly string[]): string[] => rows.filter((row) => !/\+|^usesrc$/.test(row));
const valued = (rows: readonly string[]): string[] =>
  rows.filter((row) => row.endsWith(' +1')).map((row) => row.slice(0, -3));
const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();

it.each([
  ['server', serverOptions, listed('server <name> <addr> '), [], ['guid', 'hash-key', 'shard']],
  ['bind', bindOptions, listed('bind <addr> '), ['ssl'], ['guid']],
])('the options of %s are those of HAProxy, and a few more', (_, table, rows, flags, newer) => {
  expect(sorted(table.alone)).toEqual(sorted([...alone(rows), ...flags]));
  expect(sorted(table.valued)).toEqual(sorted([...valued(rows), ...newer]));
});

it('the names after "option" are those of HAProxy', () => {
  const read = (words: string[]) => readStatement({ text: words.join(' '), words });
  for (const row of listed('option ')) {
    const name = row.split(' ')[0]!;
    expect(read(['option', name])).toEqual({ keyword: 'option', name, enabled: true, arguments: [] });
  }
  expect(() => read(['option', ''])).toThrowError('"" is no option that is known here; use abortonclose, ');
});

const table = { alone: new Set(['check']), valued: new Set(['weight']) };

it('options are read in their order and written again', () => {
  const options = [{ keyword: 'weight', value: '5' }, { keyword: 'check' }, { keyword: 'weight', value: 'check' }];
  expect(readOptions(['weight', '5', 'check', 'weight', 'check'], table)).toEqual(options);
  expect(optionWords(options, table)).toEqual(['weight', '5', 'check', 'weight', 'check']);
});

it.each([
  [['lunch'], '"lunch" is no option known here'],
  [['check', 'weight'], '"weight" needs a value'],
])('%j are not read', (words, message) => {
  expect(() => readOptions(words, table)).toThrowError(
    expect.objectContaining({ code: 'HAPROXY_CONFIG_SYNTAX', message }),
  );
});

it('an option with a value that it does not take is not written', () => {
  expect(() => optionWords([{ keyword: 'check', value: 'check' }], table)).toThrowError(
    expect.objectContaining({
      code: 'HAPROXY_CONFIG_SYNTAX',
      message: '"check check": an option has a value that it does not take',
    }),
  );
});

it('every keyword takes its number of words', () => {
  const takes = (keyword: string, count: number): boolean => {
    try {
      readStatement({ text: '', words: [keyword, ...Array.from({ length: count }, () => 'a')] });
      return true;
    } catch {
      return false;
    }
  };
  const counts = Object.keys(plainCodecs).map((keyword) => {
    const taken = [0, 1, 2, 3, 4].filter((count) => takes(keyword, count));
    return `${keyword} ${taken.at(-1) === 4 ? `${taken[0]} or more` : taken.join(' or ')}`;
  });
  expect(counts.join('\n')).toMatchInlineSnapshot(`
    "ca-base 1
    cluster-secret 1
    cpu-map 2 or more
    crt-base 1
    default-path 1 or 2
    dynamic-cookie-key 1
    expose-experimental-directives 0
    hard-stop-after 1
    http-reuse 1
    load-server-state-from-file 1
    log-format 1
    log-send-hostname 0 or 1
    log-tag 1
    master-worker 0 or 1
    monitor-uri 1
    server-state-base 1
    server-state-file 1
    server-state-file-name 0 or 1
    spread-checks 1
    ssl-default-bind-ciphers 1
    ssl-default-bind-ciphersuites 1
    ssl-default-bind-options 1 or more
    ssl-default-server-ciphers 1
    ssl-default-server-ciphersuites 1
    ssl-default-server-options 1 or more
    ssl-server-verify 1
    stats-file 1
    strict-limits 0
    tcp-check 1 or more
    unix-bind 2 or more
    zero-warning 0
    chroot 1
    daemon 0
    default_backend 1
    description 1 or more
    disabled 0
    enabled 0
    errorfile 2
    gid 1
    grace 1
    group 1
    guid 1
    id 1
    localpeer 1
    log 1 or more
    node 1
    pidfile 1
    presetenv 2
    setenv 2
    table 2 or more
    uid 1
    user 1"
  `);
});

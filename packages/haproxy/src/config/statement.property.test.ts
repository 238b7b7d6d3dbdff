import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from './parse.ts';
import { renderConfig } from './render.ts';
import { readStatement, type Statement, statementLine, unknownLines } from './statement.ts';

const word = fc.stringMatching(/^[a-z0-9_.-]{1,8}$/).filter((text) => text !== 'if' && text !== 'unless');
/** What stands in quotes. */
const text = fc
  .string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...' "\'\\#$;{}abcé€%'.split('')) })
  .filter((value) => value !== 'if' && value !== 'unless');
const port = fc.integer({ min: 0, max: 65_535 });
const milliseconds = fc.nat({ max: 2_147_483_647 });
const address = fc.ipV4();
const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 4 });
const option = <T extends string>(alone: T[], valued: T[]) =>
  some(
    fc.oneof(
      fc.record({ keyword: fc.constantFrom(...alone) }),
      fc.record({ keyword: fc.constantFrom(...valued), value: text }),
    ),
  );
const serverOption = option(['check', 'backup', 'send-proxy', 'disabled'], ['id', 'weight', 'cookie', 'inter']);
const condition = fc.record({
  test: fc.constantFrom<('if' | 'unless')[]>('if', 'unless'),
  words: fc.array(text, { minLength: 1, maxLength: 4 }),
});

const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({
    keyword: fc.constant('bind' as const),
    endpoints: fc.array(
      fc.oneof(fc.record({ address, port }), fc.record({ unix: word.map((name) => `/run/${name}`) })),
      { minLength: 1, maxLength: 3 },
    ),
    options: option(['ssl', 'accept-proxy'], ['crt', 'mode', 'alpn']),
  }),
  fc.record({
    keyword: fc.constantFrom('server' as const, 'peer' as const),
    name: text,
    address,
    port,
    options: serverOption,
  }),
  fc.record({
    keyword: fc.constant('server-template' as const),
    prefix: word,
    first: fc.nat({ max: 9 }),
    last: fc.nat({ max: 99 }),
    address,
    port,
    options: serverOption,
  }),
  fc.record(
    {
      keyword: fc.constant('cookie' as const),
      name: text,
      mode: fc.constantFrom('insert' as const, 'prefix' as const),
      flags: fc.uniqueArray(fc.constantFrom('indirect' as const, 'nocache' as const, 'postonly' as const)),
      domains: some(text),
      attributes: some(text),
      maxIdle: fc.nat({ max: 1_000_000 }),
      maxLife: fc.nat({ max: 1_000_000 }),
    },
    { requiredKeys: ['keyword', 'name', 'flags', 'domains', 'attributes'] },
  ),
  fc.record(
    {
      keyword: fc.constant('stick' as const),
      action: fc.constantFrom('on' as const, 'match' as const, 'store-request' as const, 'store-response' as const),
      pattern: text,
      table: word,
      condition,
    },
    { requiredKeys: ['keyword', 'action', 'pattern'] },
  ),
  fc.record({
    keyword: fc.constant('stick-table' as const),
    table: fc.record(
      {
        type: fc.constantFrom('ip' as const, 'string' as const),
        length: fc.nat(),
        size: fc.nat(),
        expire: milliseconds,
        peers: text,
        noPurge: fc.constant(true as const),
        serverKey: word,
        store: word,
      },
      { requiredKeys: ['type', 'size'] },
    ),
  }),
  fc.record({
    keyword: fc.constant('timeout' as const),
    event: fc.constantFrom('client' as const, 'queue' as const),
    milliseconds,
  }),
  fc.record({ keyword: fc.constantFrom('maxconn' as const, 'retries' as const), value: fc.nat() }),
  fc.record({
    keyword: fc.constant('option' as const),
    name: fc.constantFrom('httpchk' as const, 'redispatch' as const),
    enabled: fc.boolean(),
    arguments: some(text),
  }),
  fc.record({
    keyword: fc.constant('stats' as const),
    setting: fc.constant('realm' as const),
    arguments: fc.tuple(text),
  }),
  fc.record(
    {
      keyword: fc.constant('http-request' as const),
      action: fc.array(text, { minLength: 1, maxLength: 4 }),
      condition,
    },
    { requiredKeys: ['keyword', 'action'] },
  ),
  fc.record({ keyword: fc.constant('acl' as const), name: text, test: fc.array(text, { minLength: 1, maxLength: 4 }) }),
  fc.record({ keyword: fc.constant('tune' as const), name: word, value: text }),
);

test('what is written is read again, alone and in a file', () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 6 }), (statements) => {
      const lines = statements.map(statementLine);
      expect(lines.map(readStatement)).toEqual(statements);
      const file = { sections: [{ kind: 'listen' as const, name: 'a', lines }] };
      const again = parseConfig(renderConfig(file));
      expect(again).toEqual(file);
      expect(unknownLines(again)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

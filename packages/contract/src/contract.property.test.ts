import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalCommand } from './canonical.ts';
import { type Command, ContractError, type MemberRecord, parseCommand, type RuleRecord } from './index.ts';

const ip = fc.ipV4();
const port = fc.integer({ min: 1, max: 65_535 });
const generation = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const cidr = fc.tuple(ip, fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`);

const member: fc.Arbitrary<MemberRecord> = fc.record({
  vm: fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/),
  ip,
  port,
  state: fc.constantFrom('serving', 'draining'),
});

const rule: fc.Arbitrary<RuleRecord> = fc.record({
  ip,
  port,
  protocol: fc.constantFrom('tcp', 'http'),
  algorithm: fc.constantFrom('roundrobin', 'leastconn', 'source'),
  cidrs: fc.array(cidr, { maxLength: 5 }),
  stickiness: fc.oneof(
    fc.constant({ method: 'none' } as const),
    fc.record({
      method: fc.constant('SourceBased' as const),
      tableSize: fc.integer({ min: 1, max: 10_000_000 }),
      expireSeconds: fc.integer({ min: 1, max: 2_147_483 }),
    }),
  ),
  members: fc.uniqueArray(member, { maxLength: 5, selector: ({ vm }) => vm }),
});

const versioned = fc.record({ rule, generation });
const command: fc.Arbitrary<Command> = fc.oneof(
  versioned.map((payload) => ({ type: 'putRule' as const, ...payload })),
  fc.record({ type: fc.constant('removeRule' as const), key: fc.record({ ip, port }), generation }),
  fc.record({
    type: fc.constant('syncRules' as const),
    snapshot: fc.record({
      rules: fc.uniqueArray(versioned, { maxLength: 4, selector: (one) => `${one.rule.ip}:${one.rule.port}` }),
      revision: fc.nat(),
    }),
  }),
  fc.constant({ type: 'reportRules' as const }),
);

/** Every place in a value, as a path. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))
      : [];
  return path.length === 0 ? below : [[...path], ...below];
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaceAt(copy[key], rest, by);
  return copy;
}

describe('contract', () => {
  it('takes every valid command, also after JSON, and gives it back in its canonical form', () => {
    fc.assert(
      fc.property(command, (one) => {
        expect(parseCommand(JSON.parse(JSON.stringify(one)))).toEqual(canonicalCommand(one));
      }),
    );
  });

  it('lets no junk through', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withSet: true }), (junk) => {
        expect(() => parseCommand(junk)).toThrow(ContractError);
      }),
    );
  });

  it('lets no junk through inside a valid command, and names a field', () => {
    const junk = fc.constantFrom<unknown>(
      null,
      undefined,
      Number.NaN,
      -1,
      1.5,
      70_000_000_000_000_000,
      'a b',
      '',
      '1.2.3.4\n',
      [[]],
      { x: 1 },
      true,
    );
    fc.assert(
      fc.property(command, fc.nat(), junk, (one, pick, bad) => {
        const all = places(one);
        const path = all[pick % all.length] ?? [];
        expect(() => parseCommand(replaceAt(one, path, bad))).toThrow(/^[\w ]+(\.\w+|\[\d+\])*: ./);
      }),
    );
  });
});

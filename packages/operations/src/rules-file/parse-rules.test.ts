import { readFileSync } from 'node:fs';
import { ruleRecordSchema } from '@limpet/contract';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { RulesError } from '../errors.ts';
import { parseRules } from './parse-rules.ts';

const problemsOf = (text: string): readonly string[] => {
  try {
    parseRules(text, 'rules.yaml');
  } catch (error) {
    if (error instanceof RulesError && error.code === 'RULES_INVALID') return error.lines;
    throw error;
  }
  return [];
};

const example = readFileSync(new URL('../../../../apps/cli/examples/rules.yaml', import.meta.url), 'utf8');

describe('a rules file', () => {
  it('is parsed to records, with defaults and units', () => {
    const { rules } = parseRules(example, 'rules.yaml');
    expect(rules.map((rule) => ruleRecordSchema.parse(rule))).toEqual(rules);
    expect(rules[0]).toMatchObject({
      protocol: 'tcp',
      stickiness: { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 },
      timeouts: { connectMs: 5000, clientMs: 600_000, serverMs: 600_000 },
    });
    expect(rules[0]!.members.map(({ state }) => state)).toEqual(['serving', 'serving', 'draining']);
    expect(rules[1]).toMatchObject({ algorithm: 'roundrobin', cidrs: [], stickiness: { method: 'none' } });
    expect(rules[2]).toMatchObject({
      stickiness: {
        method: 'LbCookie',
        cookieName: 'SRV',
        mode: 'insert',
        indirect: true,
        postonly: false,
        domains: [],
      },
      healthCheck: { path: '/health', intervalMs: 5000, timeoutMs: 2000 },
    });
  });

  it('may name an application cookie', () => {
    const {
      rules: [rule],
    } = parseRules(
      'rules: [{ ip: 10.0.0.1, port: 80, stickiness: { method: AppCookie, cookie-name: SID, request-learn: true } }]',
      'rules.yaml',
    );
    expect(rule!.stickiness).toEqual({
      method: 'AppCookie',
      cookieName: 'SID',
      length: 52,
      holdTimeSeconds: 10_800,
      requestLearn: true,
    });
  });

  it('may have no two members in one place, and none where a rule listens', () => {
    const members = [
      '{ vm: a, ip: 10.1.1.1, port: 80 }',
      '{ vm: b, ip: 10.1.1.1, port: 80 }',
      '{ vm: c, ip: 10.0.0.1, port: 80 }',
    ];
    expect(problemsOf(`rules: [{ ip: 10.0.0.1, port: 80, members: [${members}] }]`)).toEqual([
      expect.stringContaining('rules[0].members[1].ip: a second member at 10.1.1.1:80; members[0] is there already'),
      expect.stringContaining('rules[0].members[2].ip: 10.0.0.1:80 is where rules[0] listens'),
    ]);
  });

  it('says in words what a pattern asks for', () => {
    const rule = 'ip: 10.0.0.1, port: 80, stickiness: { method: SourceBased, tablesize: 200K }, certificate: x';
    const texts = problemsOf(
      `rules: [{ ${rule}, healthCheck: { path: x }, members: [{ vm: a b, ip: 10.1.1.1, port: 80 }] }]`,
    );
    expect(texts).toHaveLength(4);
    for (const text of texts) expect(text).toMatch(/^(?!.*\{1,).* such as /);
  });

  it('is refused with everything that is wrong in it, at its place', () => {
    const wrong = `rules:
  - ip: 203.0.113.300
    prot: 80
    stickiness: { method: SourceBased, tablesiz: 200k, expire: 1800 }
    timeouts: { client: 0s }
    members:
      - { vm: a b, ip: 10.1.1.11, port: 8080 }
      - { vm: w, ip: 10.1.1.11 }
      - { vm: w, ip: 10.1.1.11, port: "80" }
  - { ip: 10.0.0.1, port: 80, stickiness: { method: Foo } }
  - { ip: 10.0.0.1, port: 80, algorithm: RoundRobin, cidrs: [10.0.0.0/8, x], keepAlive: yes }
extra: 1
"a b": 1
"\\n": 1
`;
    expect(problemsOf(wrong).join('\n')).toMatchInlineSnapshot(`
      "rules.yaml:2:5: rules[0].port: expected an integer, but it is missing
      rules.yaml:2:9: rules[0].ip: expected an IPv4 address, got "203.0.113.300"
      rules.yaml:3:5: rules[0].prot: unknown key; did you mean port?
      rules.yaml:4:40: rules[0].stickiness.tablesiz: unknown key; did you mean tablesize?
      rules.yaml:4:64: rules[0].stickiness.expire: expected a time with its unit, such as 500ms, 30s, 30m or 3h, got 1800
      rules.yaml:5:25: rules[0].timeouts.client: expected a time from 1ms to 2147483647ms, got 0s
      rules.yaml:7:15: rules[0].members[0].vm: expected 1 to 64 letters, digits, "_", "." and "-", such as vm-17, got "a b"
      rules.yaml:8:9: rules[0].members[1].port: expected an integer, but it is missing
      rules.yaml:9:15: rules[0].members[2].vm: w is a member already, as members[1]
      rules.yaml:9:39: rules[0].members[2].port: expected an integer, got "80"
      rules.yaml:10:53: rules[1].stickiness.method: expected one of "none", "SourceBased", "LbCookie", "AppCookie", got "Foo"
      rules.yaml:11:5: rules[2]: a second rule on 10.0.0.1:80; rules[1] is there already
      rules.yaml:11:42: rules[2].algorithm: expected one of "roundrobin", "leastconn", "source", got "RoundRobin"
      rules.yaml:11:74: rules[2].cidrs[1]: expected an IPv4 network as a.b.c.d/n, got "x"
      rules.yaml:11:89: rules[2].keepAlive: expected a boolean, got "yes"
      rules.yaml:12:1: extra: unknown key; known are settings, rules
      rules.yaml:13:1: "a b": unknown key; known are settings, rules
      rules.yaml:14:1: "\\n": unknown key; known are settings, rules"
    `);
  });

  it.each([
    ['', 'rules.yaml:1:1: (top): expected an object, got null'],
    ['rules: 3', 'rules.yaml:1:8: rules: expected an array, got 3'],
    ['rules: [', 'rules.yaml:1:9: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['rules: []\nrules: []', 'rules.yaml:2:1: Map keys must be unique'],
    ['rules: []\n---\nrules: []', 'rules.yaml:2:1: expected one document; take out what follows'],
    ['rules: *nothing', 'rules.yaml:1:1: Unresolved alias (the anchor must be set before the alias): nothing'],
  ])('%j is refused', (text, problem) => expect(problemsOf(text)).toEqual([problem]));

  it('with a key that is no text is refused, and nothing else is said', () => {
    const warn = vi.spyOn(process, 'emitWarning');
    expect(problemsOf('rules: []\n? [a]\n: 1')).toEqual([
      'rules.yaml:1:1: "[ a ]": unknown key; known are settings, rules',
    ]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  const scalar = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('30m', '200k', '0s', '99999999999d', '__proto__', 'none', '10.0.0.1', '.inf', '~', '!!binary x'),
  );
  const value = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 2 }),
    fc.dictionary(fc.string(), scalar, { maxKeys: 2 }),
  );
  const fields = [
    ...['ip', 'port', 'protocol', 'algorithm', 'cidrs', 'stickiness', 'certificate', 'timeouts', 'maxConnections'],
    ...['keepAlive', 'healthCheck', 'members'],
  ];
  const inner = {
    stickiness: [
      'method',
      'tablesize',
      'expire',
      'cookie-name',
      'mode',
      'domain',
      'length',
      'holdtime',
      'request-learn',
    ],
    timeouts: ['connect', 'client', 'server'],
    healthCheck: [
      ...['path', 'method', 'host', 'expect', 'port', 'tls'],
      ...['interval', 'timeout', 'healthyThreshold', 'unhealthyThreshold'],
    ],
  };
  const member = fc.record({ vm: value, ip: value, port: value, state: value, weight: value }, { requiredKeys: [] });
  const part = (names: readonly string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
  const rule = fc
    .tuple(
      part(fields),
      fc.array(member, { maxLength: 3 }),
      part(inner.stickiness),
      part(inner.timeouts),
      part(inner.healthCheck),
    )
    .map(([simple, members, stickiness, timeouts, healthCheck]) => [
      simple,
      { ip: '10.0.0.1', port: 80, members, stickiness, timeouts, healthCheck },
    ]);

  it('with anything in any field is taken as records that the contract knows, or refused with its places', () => {
    fc.assert(
      fc.property(rule, (rules) => {
        const text = stringify({ rules });
        const problems = problemsOf(text);
        if (problems.length === 0) {
          for (const record of parseRules(text, 'rules.yaml').rules) ruleRecordSchema.parse(record);
        }
        for (const problem of problems) expect(problem).toMatch(/^rules\.yaml:\d+:\d+: \S/);
      }),
      { numRuns: 200 },
    );
  });

  it('of any text whatever is taken or refused with its places', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'rules: -[]{}&*!|>\n\t"\'#0a') })),
        (text) => {
          for (const problem of problemsOf(text)) expect(problem).toMatch(/^rules\.yaml:\d+:\d+: \S/);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

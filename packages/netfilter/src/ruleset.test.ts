import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Change, diffRulesets } from './diff.ts';
import { IptablesError } from './errors.ts';
import { renderChain } from './managed-chain.ts';
import { parseSave } from './parse-save.ts';
import { renderSave } from './render-save.ts';
import type { Ruleset } from './ruleset.ts';

/** iptables-save 1.8.9 (nf_tables). */
const saved = readFileSync(new URL('../testdata/iptables-save.txt', import.meta.url), 'utf8');

test('what iptables-save prints is read and printed again, all but the comments', () => {
  const lines = saved.split('\n').filter((line) => !line.startsWith('#'));
  expect(renderSave(parseSave(saved))).toBe(lines.join('\n'));
});

test('tables, chains, policies and rules are told apart', () => {
  const filter = parseSave(saved).tables.find(({ name }) => name === 'filter');
  expect(filter?.chains.map(({ name, policy }) => `${name} ${policy}`)).toEqual([
    'INPUT DROP',
    'FORWARD ACCEPT',
    'OUTPUT ACCEPT',
    'FIREWALL_10 -',
    'LIMPET -',
  ]);
  expect(filter?.chains[0]?.rules).toEqual(['-j LIMPET']);
  expect(filter?.chains[3]?.rules).toEqual(['']);
});

test('counters of chains and of rules (iptables-save -c) are kept', () => {
  const counted = '*filter\n:INPUT ACCEPT [12:3456]\n[7:420] -A INPUT -j DROP\nCOMMIT\n';
  const [table] = parseSave(counted).tables;
  expect(table?.chains).toEqual([
    {
      name: 'INPUT',
      policy: 'ACCEPT',
      counters: { packets: 12, bytes: 3456 },
      rules: ['-j DROP'],
      ruleCounters: [{ packets: 7, bytes: 420 }],
    },
  ]);
  expect(renderSave(parseSave(counted))).toBe(counted);
});

test('rules before the first with counters have met nothing', () => {
  const [table] = parseSave('*filter\n:INPUT ACCEPT\n-A INPUT -j A\n[7:420] -A INPUT -j B\nCOMMIT\n').tables;
  expect(table?.chains).toEqual([
    {
      name: 'INPUT',
      policy: 'ACCEPT',
      counters: { packets: 0, bytes: 0 },
      rules: ['-j A', '-j B'],
      ruleCounters: [
        { packets: 0, bytes: 0 },
        { packets: 7, bytes: 420 },
      ],
    },
  ]);
});

test('blanks around a line do not count', () => {
  expect(parseSave(saved.replaceAll('\n', ' \r\n '))).toEqual(parseSave(saved));
});

test.each([
  ['-A INPUT -j DROP\n', 'line 1', 'before any "*table" line'],
  ['*filter\n:INPUT\nCOMMIT\n', 'line 2', ':NAME POLICY'],
  ['*filter\n:INPUT ACCEPT [0:0] x\nCOMMIT\n', 'line 2', ':NAME POLICY'],
  ['*filter\n: :INPUT ACCEPT\nCOMMIT\n', 'line 2', ':NAME POLICY'],
  ['*filter\n-A INPUT -j DROP\nCOMMIT\n', 'line 2', 'declared above'],
  ['*filter\n:INPUT ACCEPT [0:0]\n-D INPUT 1\nCOMMIT\n', 'line 3', 'declared above'],
  ['*filter\n:INPUT ACCEPT [0:0]\n-D -A INPUT\nCOMMIT\n', 'line 3', 'declared above'],
  ['*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j\rDROP\nCOMMIT\n', 'line 3', 'declared above'],
  ['*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n*nat\n-A INPUT -j DROP\nCOMMIT\n', 'line 5', 'declared above'],
  ['*filter\n*nat\nCOMMIT\n', 'line 2', 'filter has no COMMIT before'],
])('%j is refused with its %s', (text, where, why) => {
  const number = Number(where.slice(5));
  expect(() => parseSave(text)).toThrowError(
    expect.objectContaining({
      code: 'IPTABLES_SYNTAX',
      message: expect.stringMatching(new RegExp(`^${where}, .*${RegExp.escape(why)}`, 's')),
      line: { number, text: text.split('\n')[number - 1] },
    }),
  );
});

test('a text that ends before its COMMIT is refused', () => {
  expect(() => parseSave('*filter\n:INPUT ACCEPT [0:0]\n')).toThrowError(
    expect.objectContaining({ code: 'IPTABLES_SYNTAX', message: expect.stringContaining('filter has no COMMIT: the') }),
  );
});

const name = fc.constantFrom('INPUT', 'FORWARD', 'LIMPET', 'A-1', 'B_2');
const rule = fc.constantFrom(
  '-j ACCEPT',
  '-j DROP',
  '-s 10.0.0.0/8 -j ACCEPT',
  '-p tcp -m tcp --dport 80 -j LIMPET',
  '-m comment --comment "of \\"a\\" # [1:2] -A X" -j ACCEPT',
  '',
);
const counters = fc.record({ packets: fc.nat(), bytes: fc.nat() });
const chain = fc.tuple(fc.array(fc.tuple(rule, counters), { maxLength: 12 }), fc.boolean()).chain(([rules, counted]) =>
  fc.record({
    name,
    policy: fc.constantFrom('-', 'ACCEPT', 'DROP'),
    counters,
    rules: fc.constant(rules.map(([text]) => text)),
    ...(counted && rules.length > 0 ? { ruleCounters: fc.constant(rules.map(([, met]) => met)) } : {}),
  }),
);
const table = fc.record({
  name: fc.constantFrom('filter', 'nat', 'mangle'),
  chains: fc.uniqueArray(chain, { selector: (one) => one.name }),
});
const ruleset: fc.Arbitrary<Ruleset> = fc.record({
  tables: fc.uniqueArray(table, { selector: (one) => one.name }),
});

test('parse(render(ruleset)) is the ruleset', () => {
  fc.assert(
    fc.property(ruleset, (any) => {
      expect(parseSave(renderSave(any))).toEqual(any);
    }),
  );
});

/** What iptables would make of the changes, one after the other: `table/chain -> rules`. */
function apply(before: Ruleset, changes: readonly Change[]): Map<string, string[]> {
  const chains = rulesOf(before);
  for (const change of changes) {
    const key = `${change.table}/${change.chain}`;
    const rules = chains.get(key);
    if (change.kind === 'chain-added') chains.set(key, []);
    else if (change.kind === 'rule-added') rules?.splice(change.position - 1, 0, change.rule);
    else if (change.kind === 'rule-removed') expect(rules?.splice(change.position - 1, 1)).toEqual([change.rule]);
    else if (change.kind === 'chain-removed') {
      expect(rules).toEqual([]);
      chains.delete(key);
    }
  }
  return chains;
}

const rulesOf = (any: Ruleset): Map<string, string[]> =>
  new Map(
    any.tables.flatMap((table) => table.chains.map((chain) => [`${table.name}/${chain.name}`, [...chain.rules]])),
  );

test('the changes, applied one after the other, lead from one ruleset to the other', () => {
  fc.assert(
    fc.property(ruleset, ruleset, (before, after) => {
      expect(apply(before, diffRulesets(before, after))).toEqual(rulesOf(after));
    }),
  );
});

test('a ruleset does not differ from itself', () => {
  fc.assert(
    fc.property(ruleset, (any) => {
      expect(diffRulesets(any, any)).toEqual([]);
    }),
  );
});

const chainOf = (rules: string[], policy = 'ACCEPT'): Ruleset => ({
  tables: [{ name: 'filter', chains: [{ name: 'INPUT', policy, counters: { packets: 0, bytes: 0 }, rules }] }],
});

test('order counts: a moved rule is the only change', () => {
  const at = { table: 'filter', chain: 'INPUT', rule: '-j A' };
  expect(diffRulesets(chainOf(['-j A', '-j B', '-j C']), chainOf(['-j B', '-j C', '-j A']))).toEqual([
    { kind: 'rule-removed', ...at, position: 1 },
    { kind: 'rule-added', ...at, position: 3 },
  ]);
});

test('a changed policy is a change', () => {
  expect(diffRulesets(chainOf([]), chainOf([], 'DROP'))).toEqual([
    { kind: 'policy', table: 'filter', chain: 'INPUT', from: 'ACCEPT', to: 'DROP' },
  ]);
});

test('an own chain is emptied and filled in one commit', () => {
  expect(
    renderChain({
      table: 'filter',
      chain: 'LIMPET-LB',
      rules: ['--protocol tcp --dport 80 -j ACCEPT', '! -s 10.0.0.0/8 -j RETURN'],
    }),
  ).toBe(
    '*filter\n:LIMPET-LB - [0:0]\n-A LIMPET-LB --protocol tcp --dport 80 -j ACCEPT\n-A LIMPET-LB ! -s 10.0.0.0/8 -j RETURN\nCOMMIT\n',
  );
});

const builtIn = ['INPUT', 'OUTPUT', 'FORWARD', 'PREROUTING', 'POSTROUTING'];

test.each([...builtIn, '', 'a b', '-x', 'a\nb', 'x'.repeat(29), 'a:b'])('%j is no own chain', (chain) => {
  expect(() => renderChain({ table: 'filter', chain, rules: [] })).toThrowError(
    expect.objectContaining({ code: 'IPTABLES_CHAIN', message: expect.stringContaining(JSON.stringify(chain)) }),
  );
});

test.each([
  '',
  '-j',
  '-j  ',
  'ACCEPT',
  '-m comment --comment "a',
  '-A INPUT -j ACCEPT',
  '-j ACCEPT\n-A INPUT -j ACCEPT',
  '# x',
  'COMMIT',
  ':X - [0:0]',
])('%j is no rule', (rule) => {
  const render = () => renderChain({ table: 'filter', chain: 'MINE', rules: [rule] });
  expect(render).toThrowError(IptablesError);
  expect(render).toThrowError(expect.objectContaining({ code: 'IPTABLES_RULE', message: expect.stringMatching(/^"/) }));
});

import { execFile } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { diffRulesets } from './diff.ts';
import { type Exec, Iptables } from './iptables.ts';
import { renderOwnChain } from './own-chain.ts';
import { parseSave } from './parse-save.ts';
import { renderSave } from './render-save.ts';

const exec: Exec = (file, args, options) =>
  new Promise((resolve, reject) => {
    const child = execFile(file, args, (error, stdout, stderr) => {
      if (error && typeof error.code === 'string') return reject(error);
      resolve({ code: child.exitCode ?? 1, stdout, stderr });
    });
    child.stdin?.end(options?.input);
  });

const iptables = new Iptables({ exec });
const chain = 'LIMPET-TEST';
const foreign = ['INPUT', '-s', '192.0.2.1/32', '-m', 'comment', '--comment', 'of "somebody" else', '-j', 'DROP'];
const own = (...rules: string[]) => renderOwnChain({ table: 'filter', chain, rules });
const read = async () => parseSave(await iptables.save());
const rulesOf = async (name: string) => (await read()).tables[0]?.chains.find((one) => one.name === name)?.rules;
const accept = (port: number) => `-d 203.0.113.1/32 -p tcp -m tcp --dport ${port} -j ACCEPT`;

beforeEach(async () => {
  if ((await iptables.run(['-C', ...foreign])) !== 0) expect(await iptables.run(['-A', ...foreign])).toBe(0);
  await iptables.restore(own());
  if ((await iptables.run(['-C', 'INPUT', '-j', chain])) !== 0) {
    expect(await iptables.run(['-A', 'INPUT', '-j', chain])).toBe(0);
  }
});

test('the own chain holds the new rules only, in order; rules of others stay', async () => {
  const input = await rulesOf('INPUT');
  expect(input).toContain('-s 192.0.2.1/32 -m comment --comment "of \\"somebody\\" else" -j DROP');
  await iptables.restore(own(accept(80), accept(81)));
  await iptables.restore(own(accept(82), accept(80)));
  expect(await rulesOf(chain)).toEqual([accept(82), accept(80)]);
  expect(await rulesOf('INPUT')).toEqual(input);
});

test('twice is once', async () => {
  await iptables.restore(own(accept(80)));
  const once = await read();
  await iptables.restore(own(accept(80)));
  expect(diffRulesets(once, await read())).toEqual([]);
});

test.each(['-j NO-SUCH-CHAIN', '-p tcp --no-such-option 1'])('a bad line (%s) changes nothing', async (bad) => {
  await iptables.restore(own(accept(80)));
  const before = await read();
  await expect(iptables.restore(own(accept(81), bad, accept(82)))).rejects.toMatchObject({
    code: 'IPTABLES_RESTORE_FAILED',
    line: { number: expect.any(Number) },
  });
  expect(diffRulesets(before, await read())).toEqual([]);
});

test('what is saved can be restored: read, printed, restored and saved again, nothing differs', async () => {
  await iptables.restore(
    own(accept(80), '-m conntrack --ctstate NEW -m limit --limit 5/min -j LOG --log-prefix "a b"'),
  );
  const before = await read();
  const { code, stderr } = await exec('iptables-restore', [], { input: renderSave(before) });
  expect([code, stderr]).toEqual([0, '']);
  expect(diffRulesets(before, await read())).toEqual([]);
});

test('a client sees the old rules or the new ones, never an empty chain', async () => {
  await iptables.restore(own(accept(80)));
  let refilling = true;
  const seen = new Set<string>();
  const watching = (async () => {
    while (refilling) seen.add(JSON.stringify(await rulesOf(chain)));
  })();
  const sets = [[accept(80)], [accept(80), accept(81)]];
  for (let time = 0; time < 40; time++) await iptables.restore(own(...sets[time % 2]!));
  refilling = false;
  await watching;
  const allowed = sets.map((rules) => JSON.stringify(rules));
  expect([...seen].filter((rules) => !allowed.includes(rules))).toEqual([]);
});

test('iptables -C tells a rule that is there from one that is not', async () => {
  await iptables.restore(own(accept(80)));
  expect(await iptables.run(['-C', chain, ...accept(80).split(' ')])).toBe(0);
  expect(await iptables.run(['-C', chain, ...accept(81).split(' ')])).toBe(1);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { exec } from '../testing/exec.ts';
import { diffRulesets } from './diff.ts';
import { type Backend, Iptables } from './iptables.ts';
import { renderChain } from './managed-chain.ts';
import { parseSave } from './parse-save.ts';
import { renderSave } from './render-save.ts';
import { ruleOf, ruleWords } from './rule-words.ts';

const chain = 'LIMPET-TEST';
const foreign = ['INPUT', '-s', '192.0.2.1/32', '-m', 'comment', '--comment', 'of "somebody" else', '-j', 'DROP'];
const own = (...rules: string[]) => renderChain({ table: 'filter', chain, rules });
const accept = (port: number) => `-d 203.0.113.1/32 -p tcp -m tcp --dport ${port} -j ACCEPT`;

/** A kernel may come without ip_tables, the one that iptables-legacy needs. */
const legacyWorks = (await exec('iptables-legacy-save', ['-t', 'filter']).catch(() => ({ code: 127 }))).code === 0;
const backends: Backend[] = legacyWorks ? ['nft', 'legacy'] : ['nft'];
if (!legacyWorks) console.error('iptables-legacy does not work on this machine: only nf_tables is tested');

describe.each(backends)('iptables-%s', (backend) => {
  const iptables = new Iptables({ exec, backend });
  const read = async () => parseSave(await iptables.save());
  const rulesOf = async (name: string) => (await read()).tables[0]?.chains.find((one) => one.name === name)?.rules;

  beforeEach(async () => {
    if ((await iptables.run(['-C', ...foreign])) !== 0) expect(await iptables.run(['-A', ...foreign])).toBe(0);
    await iptables.restore(own());
    if ((await iptables.run(['-C', 'INPUT', '-j', chain])) !== 0) {
      expect(await iptables.run(['-A', 'INPUT', '-j', chain])).toBe(0);
    }
  });

  test('it says which one it is', async () => {
    expect(await iptables.version()).toMatchObject({ backend, version: expect.stringMatching(/^1\.\d/) });
  });

  test('the own chain holds the new rules only, in order; rules of others stay', async () => {
    const input = await rulesOf('INPUT');
    expect(input).toContain('-s 192.0.2.1/32 -m comment --comment "of \\"somebody\\" else" -j DROP');
    await iptables.replaceChain({ table: 'filter', chain, rules: [accept(80), accept(81)] });
    await iptables.replaceChain({ table: 'filter', chain, rules: [accept(82), accept(80)] });
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

  test('what is saved can be restored: read, printed, restored and saved again, counters included', async () => {
    await iptables.restore(
      own(accept(80), '-m conntrack --ctstate NEW -m limit --limit 5/min -j LOG --log-prefix "a b"'),
    );
    const before = parseSave(await iptables.save('filter', { counters: true }));
    const counted = before.tables[0]!.chains.find(({ name }) => name === chain)!;
    counted.ruleCounters = [
      { packets: 7, bytes: 420 },
      { packets: 0, bytes: 0 },
    ];
    const restored = await exec(`iptables-${backend}-restore`, ['--counters', '-w', '5'], {
      input: renderSave(before),
    });
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    const after = parseSave(await iptables.save('filter', { counters: true }));
    expect(diffRulesets(before, after)).toEqual([]);
    expect(after.tables[0]!.chains.find(({ name }) => name === chain)).toEqual(counted);
  });

  test('any comment comes back as it was given', async () => {
    const unit = fc.constantFrom(...'ab "\'\\#$-:*[]é€'.split(''));
    const comments = fc.sample(fc.string({ unit, maxLength: 20 }), { numRuns: 300, seed: 9583 });
    const rules = comments.map((comment) => ruleOf('-m', 'comment', '--comment', comment, '-j', 'RETURN'));
    await iptables.replaceChain({ table: 'filter', chain, rules });
    const saved = await rulesOf(chain);
    expect(saved?.map((rule) => ruleWords(rule)[3])).toEqual(comments);
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

  test('while somebody holds the lock, legacy waits and says so; nf_tables has none', async () => {
    await iptables.restore(own(accept(80)));
    const impatient = new Iptables({ exec, backend, lockSeconds: 1 });
    const holder = spawn('flock', ['/run/xtables.lock', 'sh', '-c', 'echo held; read _'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      await once(holder.stdout, 'data');
      const replaced = impatient.replaceChain({ table: 'filter', chain, rules: [accept(81)] });
      if (backend === 'legacy') await expect(replaced).rejects.toMatchObject({ code: 'IPTABLES_LOCKED' });
      else await replaced;
      expect(await rulesOf(chain)).toEqual([accept(backend === 'legacy' ? 80 : 81)]);
    } finally {
      holder.stdin.end();
      await once(holder, 'exit');
    }
    await impatient.replaceChain({ table: 'filter', chain, rules: [accept(82)] });
    expect(await rulesOf(chain)).toEqual([accept(82)]);
  });
});

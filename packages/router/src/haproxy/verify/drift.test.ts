import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { RuleStatus } from '@limpet/contract';
import { readShowStat } from '@limpet/haproxy';
import { describe, expect, it } from 'vitest';
import { editConfig, installedConfig } from '../../../testing/installed-config.ts';
import { sourceBased } from '../../../testing/rules.ts';
import { type Bench, drainClock, openBench, turns } from '../../../testing/test-session.ts';

const proxy = '10_0_53_2-8080';
const fixture = (name: string) => readFile(new URL(`../../../testdata/${name}.pem`, import.meta.url), 'utf8');
const edit = async ({ dataPlane: { files } }: Bench, path: string, from: string, to: string): Promise<void> =>
  files.write(path, files.get(path)!.replace(from, to));

/** What somebody does behind the router's back, and what the conditions say of it: of 8080, or of both rules. */
const acts: [string, (bench: Bench) => Promise<unknown>, RegExp, 'one' | 'both'][] = [
  ['puts a server into maintenance', runtime(`set server ${proxy}/vm1 state maint`), /vm1/, 'one'],
  ['gives a server another weight', runtime(`set server ${proxy}/vm1 weight 7`), /vm1/, 'one'],
  ['moves a server', runtime(`set server ${proxy}/vm1 addr 10.1.1.99 port 80`), /vm1/, 'one'],
  ['deletes a server', runtime(`set server ${proxy}/vm1 state maint`, `del server ${proxy}/vm1`), /vm1 10/, 'one'],
  [
    'adds a server',
    runtime(`add server ${proxy}/evil 10.1.1.4:80 id 900`, `enable server ${proxy}/evil`),
    /evil/,
    'one',
  ],
  ['changes the map', runtime(`set map /limpet/stick.map ${proxy} none`), /stickiness/, 'one'],
  ['takes a rule out of the map', runtime(`del map /limpet/stick.map ${proxy}`), /no entry for the rule/, 'one'],
  ['clears the map', runtime('clear map /limpet/stick.map'), /no entry for the rule/, 'both'],
  ['disables a frontend', runtime(`disable frontend ${proxy}`), /frontend is disabled/, 'one'],
  ['shuts a frontend down', runtime(`shutdown frontend ${proxy}`), /frontend of \S+:8080 was shut down/, 'one'],
  [
    'edits a rule',
    ({ dataPlane }) => editConfig(dataPlane, (text) => text.replace('10.1.1.2:80', '10.1.1.9:80')),
    /^its section of haproxy.d\/rules-\d\d.cfg was edited$/,
    'one',
  ],
  [
    'edits the rest',
    ({ dataPlane }) => editConfig(dataPlane, (text) => text.replace('retries 3', 'retries 2')),
    /^haproxy.d\/00-global.cfg was edited outside of the sections of these rules$/,
    'both',
  ],
  [
    'edits the map',
    (bench) => edit(bench, '/limpet/stick.map', 'source', 'none'),
    /^its line of stick.map was edited$/,
    'one',
  ],
  [
    'edits the file and reloads',
    async (bench) => {
      await editConfig(bench.dataPlane, (text) => text.replace('balance roundrobin', 'balance leastconn'));
      await bench.dataPlane.haproxy.signalReload();
    },
    /reloaded by somebody else/,
    'both',
  ],
  ['deletes an accept', (bench) => bench.dataPlane.packetFilter.run(['-D', 'LIMPET-LB', '1']), /accept/, 'one'],
  [
    'puts a rule into the chain',
    (bench) => bench.dataPlane.packetFilter.run(['-A', 'LIMPET-LB', '-p', 'tcp', '-j', 'DROP']),
    /rule of somebody else: -p tcp -j DROP/,
    'both',
  ],
  [
    'unlinks the chain',
    (bench) => bench.dataPlane.packetFilter.run(['-D', 'INPUT', '-j', 'LIMPET-LB']),
    /jump/,
    'both',
  ],
  ['kills HAProxy', (bench) => bench.dataPlane.haproxy.stop(), /not running/, 'both'],
  [
    'restarts HAProxy',
    async ({ dataPlane: { haproxy } }) => {
      await haproxy.stop();
      await haproxy.start('/limpet/haproxy.d');
    },
    /started anew by somebody else/,
    'both',
  ],
];

function runtime(...commands: string[]) {
  return ({ dataPlane }: Bench) => dataPlane.haproxy.runtime(commands);
}

const statuses = async ({ router }: Bench): Promise<RuleStatus[]> =>
  (await router.reportRules({ type: 'reportRules' })).rules;
const inForce = ({ conditions }: RuleStatus) => conditions.find(({ type }) => type === 'InForce')!;
const machine = async ({ dataPlane: { files, haproxy, packetFilter } }: Bench) => ({
  config: await installedConfig({ files }),
  map: files.get('/limpet/stick.map'),
  chain: await packetFilter.save(),
  live: (await haproxy.runtime(['show servers state']))[0]!.match(/^\d+ \S+ \d+ \S+ \S+ \d+ \d+ \d+/gm),
  // In the order of their keys.
  stick: (await haproxy.runtime(['show map /limpet/stick.map']))[0]!
    .replaceAll(/^0x\w+ /gm, '')
    .split('\n')
    .sort(),
  frontends: readShowStat((await haproxy.runtime(['show stat -1 1 -1']))[0]!).map(({ proxy, status }) => [
    proxy,
    status,
  ]),
});
const open = async (drift: 'heal' | 'report'): Promise<Bench> => {
  const bench = await openBench([{ stickiness: sourceBased }, { port: 81 }], { settings: { drift } });
  await aPeriod(bench); // the watch has seen its own HAProxy
  return bench;
};
/** Until the watch has looked once more, and what came of it is done. */
const aPeriod = async ({ dataPlane }: Bench): Promise<void> => {
  await dataPlane.clock.sleep(5_000);
  await turns(20_000);
};

describe('a change behind the back of the router', () => {
  it.each(acts)('is named in the conditions of the rules that it concerns: somebody %s', async (_, act, name, whom) => {
    const bench = await open('report');
    const before = await statuses(bench);
    await act(bench);
    await aPeriod(bench);
    const [one, other] = await statuses(bench);
    expect(inForce(one!)).toMatchObject({ status: 'False', reason: 'Drift', message: expect.stringMatching(name) });
    if (whom === 'both') expect(inForce(other!)).toMatchObject({ status: 'False', reason: 'Drift' });
    else expect(other).toEqual(before[1]);
  });

  it.each(acts)('is healed: somebody %s', async (_, act) => {
    const bench = await open('heal');
    const before = await machine(bench);
    await act(bench);
    await aPeriod(bench);
    const after = await machine(bench);
    expect({ ...after, live: after.live?.sort() }).toEqual({ ...before, live: before.live?.sort() });
    expect((await statuses(bench)).map((status) => inForce(status).reason)).toEqual(['Verified', 'Verified']);
    expect(bench.router.stats().reloads).toBeLessThanOrEqual(1);
  });

  it('is said once, however much was edited', async () => {
    const bench = await open('report');
    await editConfig(bench.dataPlane, (text) =>
      text.includes('10.1.1.2:80') ? `${text.replace('10.1.1.2:80', '10.1.1.9:80')}\nlisten one\n\nlisten two\n` : text,
    );
    await aPeriod(bench);
    expect(inForce((await statuses(bench))[0]!).message).toMatch(
      /^its section of (\S+) was edited; \1 was edited outside of the sections of these rules$/,
    );
  });

  it('is a file of somebody else, which HAProxy would read with the others', async () => {
    const bench = await open('report');
    await bench.dataPlane.files.write('/limpet/haproxy.d/zz.cfg', 'listen other\n');
    await aPeriod(bench);
    expect(inForce((await statuses(bench))[0]!).message).toBe(
      'haproxy.d/zz.cfg is a file of somebody else, and HAProxy would read it',
    );
  });

  it('is what HAProxy obeys: the first of two entries for a rule', async () => {
    const bench = await open('report');
    const entries = (...values: string[]) =>
      runtime(`del map /limpet/stick.map ${proxy}`, ...values.map((to) => `add map /limpet/stick.map ${proxy} ${to}`));
    await entries('none', 'source')(bench);
    await aPeriod(bench);
    expect(inForce((await statuses(bench))[0]!)).toMatchObject({ status: 'False', reason: 'Drift' });
    await entries('source', 'none')(bench);
    await aPeriod(bench);
    expect(inForce((await statuses(bench))[0]!)).toMatchObject({ status: 'True', reason: 'Verified' });
  });

  it('leaves the clients that hold connections where they are', async () => {
    const bench = await open('heal');
    const { clients } = bench.dataPlane;
    const [held] = await clients.hold([bench.ask('198.18.0.1')]);
    await runtime('clear map /limpet/stick.map', `clear table ${proxy}`)(bench);
    await aPeriod(bench);
    expect(held!.answer).toEqual({ ok: true, vm: (await bench.reached('198.18.0.1'))[0] });
    expect(await bench.reached('198.18.0.1')).toHaveLength(1);
  });

  it('is healed although it came while the rule was changing: a reload', async () => {
    const clock = drainClock();
    const bench = await openBench([{}], { clock, settings: { drift: 'heal' } });
    const aPeriodOfDraining = async (): Promise<void> => {
      for (let time = 0; time < 5_000; time += 50) await clock.sleep(50);
      await turns(20_000);
    };
    await aPeriodOfDraining();
    await bench.dataPlane.clients.hold([bench.ask('198.18.0.1'), bench.ask('198.18.0.1')]);
    const changed = bench.put({ stickiness: sourceBased }); // one of the two has to move
    await turns();
    await editConfig(bench.dataPlane, (text) => text.replace('balance roundrobin', 'balance leastconn'));
    await bench.dataPlane.haproxy.signalReload();
    await aPeriodOfDraining();
    expect(inForce((await statuses(bench))[0]!).reason).not.toBe('Verified');
    clock.drainsEnd();
    await changed;
    await aPeriodOfDraining();
    expect(bench.router.stats().reloads).toBe(1);
  });

  it('is a certificate that was renewed in place, which is taken without a reload', async () => {
    const bench = await openBench([], { settings: { drift: 'heal' } });
    const { clock, files, haproxy } = bench.dataPlane;
    const pem = async (name: string) => (await fixture(name)) + (await fixture('key'));
    await files.write('/site.pem', await pem('certificate'));
    await bench.put({ protocol: 'ssl', certificate: '/site.pem' });
    await clock.sleep(5_000);
    const { reloads } = bench.router.stats();
    await files.write('/site.pem', await pem('renewed'));
    await aPeriod(bench);
    const [file] = (await haproxy.runtime(['show ssl cert']))[0]!.split('\n').slice(1);
    const [shown] = await haproxy.runtime([`show ssl cert ${file}`]);
    expect(shown).toContain(new X509Certificate(await fixture('renewed')).fingerprint.replaceAll(':', ''));
    expect(bench.router.stats().reloads).toBe(reloads);
  });

  it('is over when it is taken back', async () => {
    const bench = await open('report');
    await runtime(`set server ${proxy}/vm1 weight 7`)(bench);
    await aPeriod(bench);
    await runtime(`set server ${proxy}/vm1 weight 1`)(bench);
    await aPeriod(bench);
    expect((await statuses(bench)).map((status) => inForce(status).reason)).toEqual(['Verified', 'Verified']);
  });

  it('is not seen where there is none', async () => {
    const bench = await open('heal');
    const before = await statuses(bench);
    const { runtimeOps } = bench.router.stats();
    await aPeriod(bench);
    await aPeriod(bench);
    expect(await statuses(bench)).toEqual(before);
    expect(bench.router.stats()).toEqual({ reloads: 0, runtimeOps });
  });

  it('is looked for no more when the router is closed', async () => {
    const bench = await open('heal');
    await bench.router.detach();
    await runtime(`set server ${proxy}/vm1 weight 7`)(bench);
    await aPeriod(bench);
    const [state] = await bench.dataPlane.haproxy.runtime([`show servers state ${proxy}`]);
    expect(state).toMatch(/ vm1 10\.1\.1\.1 2 0 7 /);
  });
});

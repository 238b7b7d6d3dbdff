import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RuleStatus } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { readServersState, readShowStat } from '@limpet/haproxy';
import { afterEach, expect, it } from 'vitest';
import { editConfig, installedConfig } from '../../../testing/installed-config.ts';
import { conditionOf, openRealBench, type RealBench } from '../../../testing/real-session.ts';
import { sourceBased } from '../../../testing/rules.ts';

let bench: RealBench;
const proxy = '10_0_53_2-8080';
const clients = Array.from({ length: 6 }, (_, i) => `198.18.0.${i + 1}`);
const messageOf = ({ conditions }: RuleStatus): string =>
  conditions.find(({ type }) => type === 'InForce')?.message ?? '';
const drifted = (status: RuleStatus): boolean => conditionOf(status, 'InForce') === 'False Drift';

afterEach(() => bench.close());

const runtime = (...commands: string[]) => bench.dataPlane.haproxy.runtime(commands);
const iptables = async (...args: string[]): Promise<void> => {
  expect((await bench.lab.exec('iptables', ['-w', ...args])).stderr).toBe('');
};
const edit = (change: (text: string) => string): Promise<void> => editConfig(bench.dataPlane, change, bench.lab.dir);
const reloadByHand = async (): Promise<void> => {
  const before = await bench.dataPlane.haproxy.master('show proc');
  await bench.dataPlane.haproxy.signalReload();
  await expect.poll(() => bench.dataPlane.haproxy.master('show proc').catch(() => before)).not.toBe(before);
  await sleep(200);
};

/** What somebody does behind the router's back, and what the condition says of it. */
const acts: [string, () => Promise<unknown>, RegExp][] = [
  ['puts a server into maintenance', () => runtime(`set server ${proxy}/vm11 state maint`), /vm11/],
  ['gives a server another weight', () => runtime(`set server ${proxy}/vm11 weight 7`), /vm11/],
  ['moves a server', () => runtime(`set server ${proxy}/vm11 addr 10.1.1.99 port 80`), /vm11/],
  [
    'deletes a server',
    () => runtime(`set server ${proxy}/vm11 state maint`, `del server ${proxy}/vm11`),
    /vm11 10\.1\.1\.11:80/,
  ],
  [
    'adds a server',
    () => runtime(`add server ${proxy}/evil 10.1.1.14:80 id 900`, `enable server ${proxy}/evil`),
    /evil/,
  ],
  ['changes the map', () => runtime(`set map ${join(bench.lab.dir, 'stick.map')} ${proxy} none`), /stick/],
  ['clears the map', () => runtime(`clear map ${join(bench.lab.dir, 'stick.map')}`), /no entry for the rule/],
  ['disables the frontend', () => runtime(`disable frontend ${proxy}`), /frontend is disabled/],
  ['shuts the frontend down', () => runtime(`shutdown frontend ${proxy}`), /frontend of \S+:8080 was shut down/],
  [
    'edits the file',
    () => edit((text) => text.replace('10.1.1.12:80', '10.1.1.98:80')),
    /haproxy\.d\/rules-\d\d\.cfg was edited/,
  ],
  [
    'edits the file and reloads',
    async () => {
      await edit((text) => text.replace('balance roundrobin', 'balance leastconn'));
      await reloadByHand();
    },
    /rules-\d\d\.cfg was edited.*reloaded by somebody else/,
  ],
  ['deletes an accept', () => iptables('-D', 'LIMPET-LB', '1'), /accept is not in LIMPET-LB/],
  [
    'puts a rule into the chain',
    () => iptables('-A', 'LIMPET-LB', '-p', 'tcp', '-j', 'DROP'),
    /rule of somebody else: -p tcp -j DROP/,
  ],
  ['unlinks the chain', () => iptables('-D', 'INPUT', '-j', 'LIMPET-LB'), /INPUT does not jump/],
  [
    'kills HAProxy',
    async () => {
      const pid = (await readFile(join(bench.lab.dir, 'haproxy.pid'), 'utf8')).trim();
      await bench.lab.exec('kill', ['-KILL', pid]);
    },
    /not running|no HAProxy answers|ECONNREFUSED/,
  ],
  [
    'restarts HAProxy',
    async () => {
      await bench.dataPlane.haproxy.stop();
      await bench.dataPlane.haproxy.start(join(bench.lab.dir, 'haproxy.d'));
    },
    /started anew by somebody else/,
  ],
];

/** All that others could have changed, in words that are the same when it is the same. */
const machine = async () => ({
  config: await installedConfig(bench.dataPlane, bench.lab.dir),
  chain: (await bench.dataPlane.packetFilter.save()).replaceAll(/^#.*$|\[\d+:\d+\]/gm, ''),
  // In the order of their keys.
  stick: (await runtime(`show map ${join(bench.lab.dir, 'stick.map')}`))[0]!
    .replaceAll(/^0x\w+ /gm, '')
    .split('\n')
    .sort(),
  frontends: readShowStat((await runtime('show stat -1 1 -1'))[0]!).map((row) => `${row.proxy} ${row.status}`),
  algorithms: readShowStat((await runtime('show stat -1 2 -1'))[0]!).map(
    ({ proxy: name, cells }) => `${name} ${cells.algo}`,
  ),
  // Name, address, administrative state, weight.
  servers: readServersState((await runtime('show servers state'))[0]!)
    .map(({ backend, name, id, address, port, maintenance, weight }) =>
      [backend, name, id, address, port, maintenance, weight].join(' '),
    )
    .sort(),
});
const open = async (drift: 'heal' | 'report'): Promise<void> => {
  let looks = 0;
  // A look reads the packet filter last.
  const change = ({ packetFilter }: DataPlane): Partial<DataPlane> => ({
    packetFilter: {
      async save() {
        const text = await packetFilter.save();
        looks++;
        return text;
      },
      restore: (text) => packetFilter.restore(text),
      run: (args) => packetFilter.run(args),
    },
  });
  bench = await openRealBench({ driftPeriodMs: 200, drift }, { change });
  await Promise.all([bench.put({ stickiness: sourceBased }), bench.put({ port: 81 })]);
  // The watch has seen its own HAProxy: it began to look, and ended, since the rules are in force.
  const before = looks;
  await expect.poll(() => looks).toBeGreaterThan(before + 1);
};

it.each(acts)('is named when somebody %s', async (_, act, name) => {
  await open('report');
  await act();
  await bench.until((status) => drifted(status) && name.test(messageOf(status)));
});

it.each(acts)('is healed when somebody %s', async (_, act) => {
  await open('heal');
  const before = await machine();
  const { reloads } = bench.router.stats();
  await act();
  await expect.poll(() => machine().catch(() => undefined)).toEqual(before);
  await bench.until((status) => conditionOf(status, 'InForce') === 'True Verified');
  // Members whose checks were dropped, too, have to be found well again.
  const refused = async () => {
    const asks = clients.flatMap((client) => [bench.ask(client), bench.ask(client, 81)]);
    return (await bench.lab.clients.ask(asks)).filter(({ ok }) => !ok);
  };
  await expect.poll(refused).toEqual([]);
  expect(bench.router.stats().reloads - reloads).toBeLessThanOrEqual(1);
});

it('is named and healed when somebody decides about clients before our chain, and left where it meets none', async () => {
  await open('report');
  const client = bench.ask('198.18.0.1', 81);
  await iptables('-I', 'INPUT', '-p', 'tcp', '--dport', '82', '-j', 'DROP');
  await iptables('-I', 'INPUT', '-p', 'tcp', '--dport', '81', '-j', 'DROP');
  const status = await bench.until(drifted, 81);
  expect(messageOf(status)).toBe(
    'INPUT has a rule before LIMPET-LB that decides about its clients: -p tcp -m tcp --dport 81 -j DROP',
  );
  expect(conditionOf(await bench.until(() => true), 'InForce')).toBe('True Verified');
  expect(await bench.lab.clients.ask([client])).toMatchObject([{ ok: false }]);
  bench = await bench.again();
  await bench.until((again) => conditionOf(again, 'InForce') === 'True Verified', 81);
  expect(await bench.lab.clients.ask([client])).toMatchObject([{ ok: true }]);
  const first = (await bench.dataPlane.packetFilter.save()).match(/^-A INPUT .*$/m)?.[0];
  expect(first).toBe('-A INPUT -j LIMPET-LB');
});

it('of a rule with networks is none where INPUT lets everybody in: its own chain turns others away', async () => {
  await open('report');
  await iptables('-P', 'INPUT', 'ACCEPT');
  expect((await bench.put({ port: 81, cidrs: ['198.18.0.0/24'] })).outcome).toBe('applied');
  const answers = await bench.lab.clients.ask([bench.ask('198.18.0.1', 81), bench.ask('198.18.1.1', 81)]);
  expect(answers.map(({ ok }) => ok)).toEqual([true, false]);
  const rules = (await bench.dataPlane.packetFilter.save()).match(/^-A LIMPET-LB .* --dport 81 .*$/gm);
  expect(rules?.map((line) => line.replace(/ -p .* -j/, ' -j'))).toEqual([
    '-A LIMPET-LB -s 198.18.0.0/24 -d 10.0.53.2/32 -j ACCEPT',
    '-A LIMPET-LB -d 10.0.53.2/32 -j DROP',
  ]);
  await iptables('-D', 'LIMPET-LB', '3');
  const status = await bench.until(drifted, 81);
  expect(messageOf(status)).toBe('its drop of other networks is not in LIMPET-LB any more');
});

it('is over when somebody takes it back', async () => {
  await open('report');
  await runtime(`set server ${proxy}/vm11 weight 7`);
  await bench.until(drifted);
  const other = await bench.until(() => true, 81);
  expect(conditionOf(other, 'InForce')).toBe('True Verified');
  await runtime(`set server ${proxy}/vm11 weight 1`);
  await bench.until((status) => conditionOf(status, 'InForce') === 'True Verified');
});

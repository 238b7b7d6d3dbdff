import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unprivileged } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import { type Lab, openLab } from '@limpet/lab';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../real/clock.ts';
import { createRealDataPlane } from '../real/dataplane.ts';
import type { Router } from '../router.ts';
import { createCloudStackRouter } from './router.ts';
import { aRule, sourceBased } from './testing/rules.ts';

let lab: Lab;
let router: Router;
let generation: number;
let config: string;

beforeEach(async () => {
  const vms = [1, 2].map((n) => ({ vm: `vm-${n}`, ip: `10.1.1.${10 + n}`, port: 80 }));
  lab = await openLab({ publicIps: ['10.0.53.2'], vms });
  const dir = join(lab.dir, 'router');
  await mkdir(dir);
  config = join(dir, 'haproxy.cfg');
  generation = 0;
  router = await createCloudStackRouter({
    dataPlane: createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir, clock: systemClock }),
    paths: { config, databag: join(dir, 'loadbalancer.json') },
    settings: { omit: unprivileged, statsSocket: join(dir, 'admin.sock') },
  });
});
afterEach(async () => {
  await router?.close();
  await lab?.close();
});

function put(rule: RuleRecord) {
  generation += 1;
  return router.putRule({ type: 'putRule', rule, generation });
}

/** Which VMs answer one client on six fresh connections. */
async function vmsFor(client: string, port: number): Promise<Set<string>> {
  const asks = Array.from({ length: 6 }, () => ({ client, ip: '10.0.53.2', port, protocol: 'tcp' as const }));
  const answers = await lab.clients.ask(asks);
  return new Set(answers.map((answer) => (answer.ok ? answer.vm : answer.error)));
}

it('leaves a stickiness change out of force when another rule is sticky already', async () => {
  await put(aRule({ port: 8080, stickiness: sourceBased }));
  await put(aRule({ port: 8082 }));
  await expect.poll(() => vmsFor('198.18.0.1', 8082)).toEqual(new Set(['vm-1', 'vm-2']));
  const { reloads } = router.stats();

  const { outcome } = await put(aRule({ port: 8082, stickiness: sourceBased }));
  expect(outcome).toBe('applied');
  expect(router.stats().reloads).toBe(reloads);
  expect((await vmsFor('198.18.0.1', 8082)).size).toBe(2);

  // The reporter's workaround: other members make other lines.
  await put(aRule({ port: 8082, members: [] }));
  await put(aRule({ port: 8082, stickiness: sourceBased }));
  await expect.poll(async () => (await vmsFor('198.18.0.1', 8082)).size).toBe(1);
});

it('goes on without a word when HAProxy cannot bind', async () => {
  await put(aRule({ port: 8080 }));
  const before = await readFile(config, 'utf8');
  const { outcome } = await put(aRule({ ip: '10.0.99.99', port: 8080 }));
  expect(outcome).toBe('applied');
  expect(await readFile(config, 'utf8')).not.toBe(before);
  // While it tries to bind, the new HAProxy asks the old one to pause its listeners (SIGTTOU), and to go on when it fails.
  await expect.poll(() => vmsFor('198.18.0.1', 8080)).toEqual(new Set(['vm-1', 'vm-2']));
});

it('accepts each rule in INPUT once, and closes it with the rule', async () => {
  const accepts = async () => {
    const { stdout } = await lab.exec('iptables-save', ['-t', 'filter']);
    return stdout.match(/^-A INPUT -d 10\.0\.53\.2.*/gm) ?? [];
  };
  await put(aRule({ port: 8080 }));
  await put(aRule({ port: 8082 }));
  await put(aRule({ port: 8080, members: [] }));
  expect(await accepts()).toEqual([
    '-A INPUT -d 10.0.53.2/32 -p tcp -m tcp --dport 8080 -m state --state NEW -j ACCEPT',
    '-A INPUT -d 10.0.53.2/32 -p tcp -m tcp --dport 8082 -m state --state NEW -j ACCEPT',
  ]);
  await router.removeRule({ type: 'removeRule', key: { ip: '10.0.53.2', port: 8080 }, generation: ++generation });
  expect(await accepts()).toHaveLength(1);
});

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unprivileged } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { borrowLab, type Lab } from '@limpet/lab';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appCookie, aRule, sourceBased } from '../../testing/cloudstack-rules.ts';
import type { Router } from '../router.ts';
import type { CloudStackVersion } from './known-defects.ts';
import { createCloudStackRouter } from './router.ts';

let lab: Lab;
let router: Router;
let generation: number;
let config: string;
let open: (version: CloudStackVersion) => Promise<void>;

beforeEach(async () => {
  const vms = [1, 2].map((n) => ({ vm: `vm-${n}`, ip: `10.1.1.${10 + n}`, port: 80 }));
  lab = await borrowLab({ publicIps: ['10.0.53.2'], vms });
  const dir = join(lab.dir, 'router');
  await mkdir(dir);
  config = join(dir, 'haproxy.cfg');
  generation = 0;
  open = async (version) => {
    router = await createCloudStackRouter({
      dataPlane: createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir, clock: systemClock }),
      paths: { config, databag: join(dir, 'loadbalancer.json') },
      settings: { omit: unprivileged, statsSocket: join(dir, 'admin.sock'), withoutClientCas: true },
      version,
    });
  };
});
afterEach(async () => {
  await router?.close();
  await lab?.close();
});

function put(rule: RuleRecord) {
  generation += 1;
  return router.putRule({ type: 'putRule', rule, generation });
}

/** Which VMs answer one client on six fresh connections, one after the other: the first one makes the client's entry. */
async function vmsFor(client: string, port: number): Promise<Set<string>> {
  const vms = new Set<string>();
  for (let i = 0; i < 6; i++) {
    const [answer] = await lab.clients.ask([{ client, ip: '10.0.53.2', port, protocol: 'tcp' }]);
    vms.add(answer!.ok ? answer!.vm : answer!.error);
  }
  return vms;
}

it('leaves a stickiness change out of force when another rule is sticky already', async () => {
  await open('4.19.1');
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
  await open('4.19.1');
  await put(aRule({ port: 8080 }));
  const before = await readFile(config, 'utf8');
  const { outcome } = await put(aRule({ ip: '10.0.99.99', port: 8080 }));
  expect(outcome).toBe('applied');
  expect(await readFile(config, 'utf8')).not.toBe(before);
  // While it tries to bind, the new HAProxy asks the old one to pause its listeners (SIGTTOU), and to go on when it fails.
  await expect.poll(() => vmsFor('198.18.0.1', 8080)).toEqual(new Set(['vm-1', 'vm-2']));
});

it('accepts each rule in INPUT once, and closes it with the rule', async () => {
  await open('4.19.1');
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

it('blocks every rule with an AppCookie policy, since HAProxy has no appsession (apache/cloudstack#3253)', async () => {
  await open('4.19.1');
  await put(aRule({ port: 8080 }));
  await put(aRule({ port: 8082, stickiness: appCookie }));
  const { outcome } = await put(aRule({ port: 8080, members: [] }));
  expect(outcome).toBe('applied');
  expect(await vmsFor('198.18.0.1', 8080)).toEqual(new Set(['vm-1', 'vm-2']));
});

it('has every change in force when all of its deviations are off, and disturbs nobody', async () => {
  await open('fixed');
  const [first, second] = aRule().members;
  await put(aRule({ port: 8080, stickiness: sourceBased }));
  const clients = Array.from({ length: 8 }, (_, i) => `198.18.0.${i + 1}`);
  const where = () => Promise.all(clients.map(async (client) => [...(await vmsFor(client, 8080))].join()));
  const before = await where();
  // At once, while HAProxy would not hand its tables over yet.
  await put(aRule({ port: 8082 }));
  expect((await put(aRule({ port: 8082, stickiness: sourceBased }))).rules[0]?.conditions[2]?.status).toBe('True');
  expect((await vmsFor('198.18.0.1', 8082)).size).toBe(1);
  expect(await where()).toEqual(before);
  expect((await put(aRule({ port: 8083, stickiness: appCookie }))).outcome).toBe('applied');
  expect((await put(aRule({ ip: '10.0.99.99' }))).outcome).toBe('refused');

  await put(aRule({ port: 8084, members: [first!] }));
  const ask = (port: number) => ({ client: '198.18.0.9', ip: '10.0.53.2', port, protocol: 'tcp' as const });
  const [changed, other] = await lab.clients.hold([ask(8084), ask(8082)]);
  await put(aRule({ port: 8084, members: [second!] }));
  const held = await lab.clients.askHeld([changed!.id, other!.id]);
  expect(held.map(({ ok }) => ok)).toEqual([false, true]);
});

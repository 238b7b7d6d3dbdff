import type { Stickiness } from '@limpet/contract';
import { capabilitiesOf, readVersion } from '@limpet/haproxy';
import { expect, it } from 'vitest';
import { rendered } from '../../testing/rendered.ts';
import { lbCookie, member, rule, sourceBased } from '../../testing/rules.ts';
import { condition, members, openBench, publicIp } from '../../testing/test-session.ts';
import { explainPlan } from './plan/explain.ts';
import { inspectRouter } from './verify/inspect.ts';

const grown = [...members, member('vm4')];
const clients = Array.from({ length: 12 }, (_, at) => `198.18.0.${at + 1}`);

it.each([
  ['2.2.9', 1],
  ['2.4.24', 1],
  ['2.6.12', 0],
  ['2.8.5', 0],
  ['3.0.5', 0],
  ['3.2.0', 0],
])(
  '%s serves a member that is added, with %i reloads, and one that leaves and comes back with none',
  async (haproxyVersion, reloads) => {
    const bench = await openBench([{ stickiness: sourceBased }], { haproxyVersion });
    const of = async () =>
      new Map(await Promise.all(clients.map(async (client) => [client, await bench.reached(client)] as const)));
    const before = await of();
    expect(condition(await bench.put({ stickiness: sourceBased, members: grown }), 'InForce')).toBe('True Verified');
    expect(bench.router.stats().reloads).toBe(reloads);
    expect(await of()).toEqual(before);
    await bench.dataPlane.haproxy.runtime(['clear table 10_0_53_2-8080']);
    expect([...new Set([...(await of()).values()].flat())].sort()).toEqual(['vm1', 'vm2', 'vm3', 'vm4']);

    expect(condition(await bench.put({ members: members.slice(1) }), 'InForce')).toBe('True Verified');
    expect([...new Set([...(await of()).values()].flat())].sort()).toEqual(['vm2', 'vm3']);
    expect(condition(await bench.put({ members }), 'InForce')).toBe('True Verified');
    expect([...new Set([...(await of()).values()].flat())].sort()).toEqual(['vm1', 'vm2', 'vm3']);
    // What HAProxy can delete, it has to be given anew.
    expect(bench.router.stats().reloads).toBe(reloads);
  },
);

it.each([
  ['2.8.5', 2, 1],
  ['3.0.5', 0, 1],
])(
  '%s takes a member of a rule with cookies, and loses it again, with %i reloads',
  async (haproxyVersion, reloads, toMove) => {
    const rule = { protocol: 'http', stickiness: lbCookie } as const;
    const bench = await openBench([rule], { haproxyVersion });
    const vmOf = async (value: string) => {
      const [answer] = await bench.dataPlane.clients.ask([
        { ...bench.ask('198.18.0.1'), protocol: 'http', cookies: { LB: value } },
      ]);
      return answer!.ok ? answer!.vm : answer!.error;
    };
    expect(condition(await bench.put({ ...rule, members: grown }), 'InForce')).toBe('True Verified');
    expect(await vmOf('10_1_1_4-80')).toBe('vm4');
    expect(condition(await bench.put({ ...rule, members }), 'InForce')).toBe('True Verified');
    expect(bench.router.stats().reloads).toBe(reloads);
    const moved = [member('vm1', { port: 81 }), ...members.slice(1)];
    await bench.dataPlane.vms.start([member('vm1', { port: 81 })]);
    await bench.put({ ...rule, members: moved });
    expect(bench.router.stats().reloads).toBe(reloads + toMove);
    expect(await vmOf('10_1_1_1-81')).toBe('vm1');
  },
);

it.each([['2.2.9'], ['2.4.24']])('the plan says why %s is reloaded', async (haproxyVersion) => {
  const bench = await openBench([{}], { haproxyVersion });
  const { haproxy, observed, serverIds, programmed } = await inspectRouter({
    dataPlane: bench.dataPlane,
    dir: '/limpet',
  });
  const [before] = Object.values(programmed).map(({ rule }) => rule);
  const plan = explainPlan([before!], [{ ...before!, members: grown }], {
    haproxy,
    serverIds,
    dir: '/limpet',
    live: observed.live!,
  });
  const why = `server vm4 of ${publicIp}:8080 is new, and HAProxy ${haproxyVersion} has no "add server" and "del server" at run time, with health checks: that needs 2.6`;
  expect(plan).toMatchObject({ reload: `${publicIp}:8080: ${why}`, rules: [{ action: 'update', reload: why }] });
});

it('refuses a HAProxy that is too old, by name', async () => {
  await expect(
    openBench([], {
      change: ({ haproxy }) => ({
        haproxy: Object.assign(Object.create(haproxy), { version: async () => ({ text: '1.8.19', branch: '1.8' }) }),
      }),
    }),
  ).rejects.toMatchObject({
    code: 'HAPROXY_VERSION',
    message: expect.stringContaining('HAProxy 1.8.19 is older than 2.2'),
  });
});

it('is reloaded into a newer binary before it is given commands that the older one lacks', () => {
  const hash = (version: string, stickiness: Stickiness) =>
    rendered([rule({ members, stickiness })], {
      // As `haproxy -vv` tells it.
      haproxy: capabilitiesOf({ ...readVersion(version), features: new Set(['OPENSSL', 'LUA']) }),
    }).configHash;
  const none: Stickiness = { method: 'none' };
  expect(new Set(['2.2.9', '2.4.24', '2.6.12'].map((version) => hash(version, none))).size).toBe(3);
  expect(hash('3.0.5', lbCookie)).not.toBe(hash('2.8.5', lbCookie));
  expect(hash('3.0.5', none)).toBe(hash('2.6.12', none));
});

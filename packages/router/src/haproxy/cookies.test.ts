import type { AppCookie, Stickiness } from '@limpet/contract';
import type { Cookies } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { installedConfig } from '../../testing/installed-config.ts';
import { lbCookie, member, sourceBased } from '../../testing/rules.ts';
import { members, openBench, publicIp } from '../../testing/test-session.ts';

const appCookie: AppCookie = {
  method: 'AppCookie',
  cookieName: 'session',
  length: 52,
  holdTimeSeconds: 3600,
  requestLearn: false,
};

async function openWith(stickiness: Stickiness) {
  const bench = await openBench([{ stickiness }]);
  /** One request on a fresh connection. */
  const ask = async (cookies: Cookies = {}, session?: string) => {
    const asked = { client: '198.18.0.1', ip: publicIp, port: 8080, protocol: 'http' as const, cookies };
    const [answer] = await bench.dataPlane.clients.ask([session === undefined ? asked : { ...asked, session }]);
    return answer!.ok ? answer! : { vm: answer!.error, cookies: {} };
  };
  const reached = async (cookies: Cookies): Promise<string[]> => {
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) seen.add((await ask(cookies)).vm);
    return [...seen].sort();
  };
  return { ...bench, ask, reached };
}

describe.each([
  ['insert', lbCookie, undefined],
  ['rewrite', { ...lbCookie, cookieName: 'session', mode: 'rewrite', indirect: false } as const, 'session'],
  ['prefix', { ...lbCookie, cookieName: 'session', mode: 'prefix', indirect: false } as const, 'session'],
  ['AppCookie', appCookie, 'session'],
])('%s', (_, stickiness, session) => {
  it('keeps a client with its member, also with one that was added later, and through its drain', async () => {
    const { ask, put, reached, router } = await openWith(stickiness);
    expect(await reached({})).toEqual(['vm1', 'vm2', 'vm3']);
    const first = await ask({}, session);
    expect(await reached(first.cookies!)).toEqual([first.vm]);
    const { reloads } = router.stats();

    await put({ stickiness, members: [...members, member('vm4')] });
    let late = await ask({}, session);
    while (late.vm !== 'vm4') late = await ask({}, session);
    expect(await reached(late.cookies!)).toEqual(['vm4']);
    expect(await reached(first.cookies!)).toEqual([first.vm]);

    await put({ stickiness, members: [...members, member('vm4', { state: 'draining' })] });
    expect(await reached(late.cookies!)).toEqual(['vm4']);
    expect(await reached({})).toEqual(['vm1', 'vm2', 'vm3']);
    await put({ stickiness, members: [...members, member('vm4', { state: 'maintenance' })] });
    expect(await reached(late.cookies!)).not.toContain('vm4');
    // HAProxy gives a member that is added at run time no value of its own.
    expect(router.stats().reloads).toBe(reloads + (stickiness.method === 'LbCookie' ? 1 : 0));
  });

  it('outlives a reload for the sake of another rule', async () => {
    const { ask, put, reached, dataPlane } = await openWith(stickiness);
    const first = await ask({}, session);
    await dataPlane.clock.sleep(5000);
    await put({ port: 81 });
    expect(await reached(first.cookies!)).toEqual([first.vm]);
  });
});

it('names members as CloudStack does, also those that come later, and asks for a reload when one moves', async () => {
  const { ask, put, router } = await openWith(lbCookie);
  const values = async () => {
    const seen = new Map<string, string | undefined>();
    for (let i = 0; i < 8; i++) {
      const { vm, cookies } = await ask();
      seen.set(vm, (cookies as Cookies).LB);
    }
    return Object.fromEntries(seen);
  };
  const three = { vm1: '10_1_1_1-80', vm2: '10_1_1_2-80', vm3: '10_1_1_3-80' };
  expect(await values()).toEqual(three);
  await put({ stickiness: lbCookie, members: [...members, member('vm4')] });
  expect(await values()).toEqual({ ...three, vm4: '10_1_1_4-80' });
  const { reloads } = router.stats();
  await put({ stickiness: lbCookie, members: [...members, member('vm4', { ip: '10.1.1.5' })] });
  expect(router.stats().reloads).toBe(reloads + 1);
});

it('a value that no member has set counts with requestLearn only, up to its length', async () => {
  const { put, reached } = await openWith(appCookie);
  expect(await reached({ session: 'mine' })).toHaveLength(3);
  await put({ stickiness: { ...appCookie, requestLearn: true, length: 4 } });
  const [vm] = await reached({ session: 'mine' });
  expect(await reached({ session: 'mine and more' })).toEqual([vm]);
});

it.each([
  [sourceBased, lbCookie],
  [lbCookie, appCookie],
  [appCookie, sourceBased],
])('$method gives way to $method at once', async (from, to) => {
  const { put, router } = await openWith(from);
  const { outcome, rules } = await put({ stickiness: to });
  expect([outcome, rules[0]?.conditions.map(({ status }) => status)]).toEqual(['applied', ['True', 'True', 'True']]);
  expect(router.stats().reloads).toBe(1);
});

it('a rule that comes and goes leaves the files and the packet filter as they were (B21)', async () => {
  const { dataPlane, put, remove } = await openWith(lbCookie);
  const state = async () => [await installedConfig(dataPlane), await dataPlane.packetFilter.save()];
  const before = await state();
  await put({ port: 81, stickiness: appCookie, protocol: 'tcp-proxy', cidrs: ['10.0.0.0/8'] });
  expect(await state()).not.toEqual(before);
  await remove(81);
  expect(await state()).toEqual(before);
});

it('the limit of connections is the rule’s own', async () => {
  const { dataPlane, put } = await openWith(lbCookie);
  await put({ port: 81, maxConnections: 2 });
  const one = { client: '198.18.0.1', ip: publicIp, port: 81, protocol: 'tcp' as const };
  const held = await dataPlane.clients.hold([one, one, one]);
  expect(held.map(({ answer }) => answer.ok)).toEqual([true, true, false]);
});

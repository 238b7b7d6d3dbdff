import type { AppCookie, LbCookie, RuleRecord, SourceBased, Stickiness } from '@limpet/contract';
import { createRealDataPlane, type DataPlane, systemClock } from '@limpet/data-plane';
import { borrowLab, type Lab } from '@limpet/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openBrowser, type Page } from '../../testing/browser.ts';
import { can } from '../../testing/capabilities.ts';
import { member, noStickiness, rule, sourceBased } from '../../testing/rules.ts';
import type { Router } from '../router.ts';
import { createHaproxyRouter } from './router.ts';

const ip = '10.0.53.2';
const port = 8080;
const members = ['vm11', 'vm12'].map((vm) => member(vm));
const clients = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];

const lbCookie: LbCookie = {
  method: 'LbCookie',
  cookieName: 'LB',
  mode: 'insert',
  nocache: true,
  indirect: true,
  postonly: false,
  domains: [],
};
const appCookie: AppCookie = {
  method: 'AppCookie',
  cookieName: 'session',
  length: 52,
  holdTimeSeconds: 3600,
  requestLearn: false,
};
const policies: Record<string, Stickiness> = { none: noStickiness, source: sourceBased, lb: lbCookie, app: appCookie };

let lab: Lab;
let router: Router;
let dataPlane: DataPlane;
let browser: Browser;
let generation = 0;

beforeAll(async () => {
  lab = await borrowLab({ publicIps: [ip], vms: [...members, member('vm13')] });
  dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir: lab.dir, clock: systemClock });
  router = await createHaproxyRouter({
    dataPlane,
    dir: lab.dir,
    settings: { drainDeadlineMs: 100 },
  });
  await put({});
  browser = await openBrowser(lab, clients, ip, port);
});

afterAll(async () => {
  await browser.close();
  await router.close();
  await lab.close();
});

async function put(change: Partial<RuleRecord>): Promise<void> {
  const { outcome, rules } = await router.putRule({
    type: 'putRule',
    rule: rule({ members, port, ...change }),
    generation: ++generation,
  });
  expect([outcome, rules[0]?.conditions.filter(({ status }) => status !== 'True')]).toEqual(['applied', []]);
}

const vmOf = (page: Page): string => (page === 'closed' ? page : page.vm);

/** The members that a client's fresh connections reach. */
async function reached(client: string, cookie?: string): Promise<string[]> {
  const seen = new Set<string>();
  for (let i = 0; i < 5; i++) seen.add(vmOf(await browser.ask(client, cookie === undefined ? {} : { cookie })));
  return [...seen].sort();
}

const both = ['vm11', 'vm12'];

/** The cookie that a client gets under this policy, if any. */
async function cookieFor(client: string, policy: Stickiness): Promise<string | undefined> {
  if (policy.method !== 'LbCookie' && policy.method !== 'AppCookie') return undefined;
  const page = await browser.ask(client, { path: '/session' });
  const cookie = page === 'closed' ? undefined : page.cookies.find((each) => each.startsWith(`${policy.cookieName}=`));
  expect(cookie).toBeDefined();
  return cookie;
}

/** Fresh connections obey; returns where each client is bound to, and by which cookie. */
async function bonds(policy: Stickiness): Promise<{ cookie: string | undefined; vm: string | undefined }[]> {
  const found = [];
  for (const client of clients) {
    const cookie = await cookieFor(client, policy);
    const vms = await reached(client, cookie);
    if (policy.method === 'none') expect(vms).toEqual(both);
    else expect(vms).toHaveLength(1);
    found.push({ cookie, vm: policy.method === 'none' ? undefined : vms[0] });
  }
  if (policy.method !== 'none') expect(new Set(found.map(({ vm }) => vm))).toEqual(new Set(both));
  if (policy.method === 'LbCookie' || policy.method === 'AppCookie') expect(await reached(clients[0]!)).toEqual(both);
  return found;
}

/** Changes the policy under held connections, and sees that fresh and held ones obey. */
async function change(from: Stickiness, to: Stickiness, more: Partial<RuleRecord> = {}): Promise<void> {
  await put({ ...more, stickiness: from });
  const held = [];
  for (const client of [...clients, ...clients]) {
    const on = browser.hold();
    expect(both).toContain(vmOf(await browser.ask(client, { on })));
    held.push({ client, on });
  }
  await put({ ...more, stickiness: to });
  const bound = await bonds(to);
  for (const { client, on } of held) {
    const { cookie, vm } = bound[clients.indexOf(client)]!;
    const answer = vmOf(await browser.ask(client, cookie === undefined ? { on } : { on, cookie }));
    if (vm !== undefined && answer !== 'closed') expect(answer).toBe(vm);
  }
}

const names = Object.keys(policies);
const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));

describe.each(['tcp', 'http'] as const)('with protocol %s', (protocol) => {
  it.each(pairs)('%s -> %s takes effect on fresh and held connections', async (from, to) => {
    await change(policies[from]!, policies[to]!, { protocol });
  });
});

describe('parameters', () => {
  it.each<[string, Stickiness, Stickiness]>([
    ['SourceBased.expireSeconds', sourceBased, { ...(sourceBased as SourceBased), expireSeconds: 60 }],
    ['SourceBased.tableSize', sourceBased, { ...(sourceBased as SourceBased), tableSize: 1000 }],
    ['LbCookie.cookieName', lbCookie, { ...lbCookie, cookieName: 'OTHER' }],
    ['LbCookie.mode rewrite', lbCookie, { ...lbCookie, cookieName: 'session', mode: 'rewrite', indirect: false }],
    ['LbCookie.mode prefix', lbCookie, { ...lbCookie, cookieName: 'session', mode: 'prefix', indirect: false }],
    ['AppCookie.length', appCookie, { ...appCookie, length: 20 }],
    ['AppCookie.requestLearn', appCookie, { ...appCookie, requestLearn: true }],
  ])('%s', async (_, from, to) => {
    await change(from, to);
  });

  it('of AppCookie: a value that no member has set counts with requestLearn only', async () => {
    await put({ stickiness: appCookie });
    expect(await reached(clients[0]!, 'session=mine')).toEqual(both);
    await put({ stickiness: { ...appCookie, requestLearn: true } });
    expect(await reached(clients[0]!, 'session=mine')).toHaveLength(1);
  });

  it('of LbCookie: domain and nocache are in the answer, and members do not see the cookie when it is indirect', async () => {
    await put({ stickiness: { ...lbCookie, domains: ['a.test', 'b.test'] } });
    const page = await browser.ask(clients[0]!);
    if (page === 'closed') throw new Error('no answer');
    expect(page.headers['set-cookie']?.join()).toMatch(/^LB=10_1_1_1[12]-80; path=\/; domain=a\.test; domain=b\.test$/);
    expect(page.headers['cache-control']).toBe('private');
    const again = await browser.ask(clients[0]!, { cookie: page.cookies[0]! });
    expect(again === 'closed' ? again : again.headers['x-cookie']).toBe('');
  });
});

describe('members of a rule with cookies', () => {
  it.each([lbCookie, appCookie])(
    'come, drain and go, without a reload where HAProxy can ($method)',
    async (stickiness) => {
      await put({ stickiness });
      const { reloads } = router.stats();
      const cookie = (await cookieFor(clients[0]!, stickiness))!;
      const [vm] = await reached(clients[0]!, cookie);
      const others = members.filter((each) => each.vm !== vm);

      await put({ stickiness, members: [...members, member('vm13')] });
      expect(await reached(clients[1]!)).toEqual(['vm11', 'vm12', 'vm13']);
      const jar = new Map<string, string>();
      for (let i = 0; jar.size < 3 && i < 30; i++) {
        const own = (await cookieFor(clients[2]!, stickiness))!;
        jar.set((await reached(clients[2]!, own))[0]!, own);
      }
      expect([...jar.keys()].sort()).toEqual(['vm11', 'vm12', 'vm13']);
      for (const [at, own] of jar) expect(await reached(clients[3]!, own)).toEqual([at]);

      await put({ stickiness, members: [...others, member(vm!, { state: 'draining' })] });
      expect(await reached(clients[0]!, cookie)).toEqual([vm]);
      expect(await reached(clients[1]!)).toEqual(others.map((each) => each.vm));

      await put({ stickiness, members: [...others, member(vm!, { state: 'maintenance' })] });
      expect(await reached(clients[0]!, cookie)).toEqual(others.map((each) => each.vm));
      // Up to 2.9, a member with a cookie of its own comes with one reload, and goes with another.
      const hasCookies = stickiness.method === 'LbCookie';
      const atRuntime = hasCookies ? 'dynamicServerCookies' : 'dynamicServers';
      const needed = (await can(dataPlane, atRuntime)) ? 0 : hasCookies ? 2 : 1;
      expect(router.stats().reloads).toBe(reloads + needed);
    },
  );
});

/**
 * CloudStack's own lines and Limpet's for the same databag, one after the other on the same HAProxy, with the same clients
 * and members: what both see, side by side.
 *
 * @module
 */
import { once } from 'node:events';
import { readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  databagOf,
  defaultSettings,
  type LoadBalancerDatabag,
  type LoadBalancerSettings,
  parseDatabag,
  readDatabag,
} from '@limpet/cloudstack';
import type { LbCookie, RuleRecord } from '@limpet/contract';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { haproxyBinary, readShowProc } from '@limpet/haproxy';
import { type Lab, openLab } from '@limpet/lab';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { member, rule } from '../../testing/rules.ts';
import { createHaproxyRouter } from './router.ts';

const ip = '10.0.53.2';
const client = '127.0.0.2';
const vms = [member('vm11'), member('vm12')];
const one = vms.slice(0, 1);
const stats = { ip, port: 8081, uri: '/admin?stats', auth: 'admin1:secret1', sourceCidrs: '0/0' };
const lbCookie: LbCookie = {
  ...{ method: 'LbCookie', cookieName: 'SRV', mode: 'insert' },
  ...{ nocache: true, indirect: true, postonly: false, domains: ['a.test'] },
};

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ publicIps: [ip], vms, timeoutMs: 2000 });
});
afterEach(() => lab.close());

const databag = (rules: RuleRecord[], settings: Partial<LoadBalancerSettings> = {}): LoadBalancerDatabag =>
  parseDatabag(JSON.stringify(databagOf(rules, { ...defaultSettings, ...settings })));

/** What was asked, by curl, and what its client saw of the answer. */
interface Seen {
  status: string;
  /** Of the response, without what differs from one answer to the next. */
  headers: Record<string, string[]>;
  vm: string | undefined;
  /** Of the request, as the member saw it. */
  member: Record<string, string[]>;
  body: string;
}

const grouped = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> => {
  const groups: Record<string, string[]> = {};
  for (const [name, value] of pairs) groups[name.toLowerCase()] = [...(groups[name.toLowerCase()] ?? []), value];
  return groups;
};

/** Asks as a client that claims to be another, over another scheme. */
async function ask(url: string, ...args: string[]): Promise<Seen> {
  const claims = ['X-Forwarded-For: 192.0.2.99', 'X-Forwarded-Proto: gopher', 'Forwarded: for=192.0.2.99'];
  const fixed = ['-s', '-k', '-i', '--interface', client, ...claims.flatMap((claim) => ['-H', claim])];
  const { stdout } = await lab.exec('curl', [...fixed, ...args, url]);
  const [head = '', ...body] = stdout.split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const headers = grouped(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
  const { date: _, etag: __, 'x-vm': vm, 'x-headers': said, ...rest } = headers;
  const words: string[] = said ? JSON.parse(said[0]!) : [];
  const pairs = words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1]!] as const] : []));
  return { status, headers: rest, vm: vm?.[0], member: grouped(pairs), body: body.join('') };
}

/** HAProxy with CloudStack's lines as they are, in the foreground. */
async function onCloudStack<T>({ config }: LoadBalancerDatabag, see: (pid: number) => Promise<T>): Promise<T> {
  const file = join(lab.dir, 'cloudstack.cfg');
  await writeFile(file, `${config.configuration.join('\n')}\n`);
  const haproxy = lab.spawn(haproxyBinary(), ['-db', '-f', file, '-p', join(lab.dir, 'cloudstack.pid')]);
  const ended = once(haproxy, 'close');
  try {
    const listens = async () => (await lab.exec('ss', ['-Hltn'])).stdout.includes(`${ip}:`);
    while (!(await listens())) {
      expect(haproxy.exitCode).toBeNull();
      await systemClock.sleep(20);
    }
    return await see(haproxy.pid!);
  } finally {
    haproxy.kill();
    await ended;
  }
}

/** The router with what the databag says. */
async function onLimpet<T>(bag: LoadBalancerDatabag, see: (pid: number) => Promise<T>): Promise<T> {
  const { rules, settings, refused, notCarriedOut } = readDatabag(bag);
  expect([refused, notCarriedOut]).toEqual([[], []]);
  const { dir } = lab;
  const dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir, clock: systemClock });
  const router = await createHaproxyRouter({ dataPlane, dir, settings });
  try {
    const results = await Promise.all(
      rules.map((each, at) => router.putRule({ type: 'putRule', rule: each, generation: at + 1 })),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(rules.map(() => 'applied'));
    const { workers } = readShowProc(await dataPlane.haproxy.master('show proc'));
    return await see(workers[0]!.pid);
  } finally {
    await router.close();
  }
}

async function sideBySide<T>(bag: LoadBalancerDatabag, see: (pid: number) => Promise<T>): Promise<[T, T]> {
  return [await onCloudStack(bag, see), await onLimpet(bag, see)];
}

/** What members see with Limpet: the same, with what HAProxy says of the client in place of what the client says. */
const withoutClaims = (seen: Seen['member'], scheme: string): Seen['member'] => ({
  ...seen,
  'x-forwarded-for': seen['x-forwarded-for']!.slice(-1),
  'x-forwarded-proto': [scheme],
});

const keptAlive = { protocolFromPort: false, limits: 'rule' as const, keepAliveEnabled: true };

it.each<[string, Partial<RuleRecord>, Partial<LoadBalancerSettings>]>([
  ['HTTP by its port', { port: 80 }, {}],
  ['HTTP that keeps connections', { port: 81, protocol: 'http' }, keptAlive],
  ['HTTP by its cookie', { stickiness: lbCookie }, {}],
  ['HTTP for some networks', { port: 80, cidrs: ['127.0.0.0/8'] }, {}],
])('clients and members see the same of %s, but for what clients claim', async (_, change, settings) => {
  const bag = databag([rule({ members: one, ...change })], settings);
  const [cloudstack, limpet] = await sideBySide(bag, () => ask(`http://${ip}:${change.port ?? 8080}/headers`));
  expect(cloudstack.member['x-forwarded-for']).toEqual(['192.0.2.99', client]);
  expect(limpet).toEqual({ ...cloudstack, member: withoutClaims(cloudstack.member, 'http') });
});

it.each(['tcp', 'tcp-proxy'] as const)('clients and members see the same of %s', async (protocol) => {
  const bag = databag([rule({ protocol, members: one })], { keepAliveEnabled: true });
  const [cloudstack, limpet] = await sideBySide(bag, () => ask(`http://${ip}:8080/headers`));
  expect(limpet).toEqual(cloudstack);
  expect(limpet.headers['x-client']).toEqual([protocol === 'tcp' ? '10.1.1.1' : client]);
});

it('clients and members see the same of ssl: HTTP/2, versions, scheme', async () => {
  const [key, certificate, file] = ['key.pem', 'cert.pem', 'site.pem'].map((name) => join(lab.dir, name));
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=limpet.test'];
  await lab.exec('openssl', [...args, '-keyout', key!, '-out', certificate!]);
  await writeFile(file!, (await readFile(certificate!, 'utf8')) + (await readFile(key!, 'utf8')));
  const bag = databag([rule({ protocol: 'ssl', certificate: file!, members: one })]);
  const url = `https://${ip}:8080/headers`;
  const cipher = async (...options: string[]): Promise<string | undefined> => {
    const client = ['s_client', '-connect', `${ip}:8080`, '-servername', 'limpet.test', ...options];
    const { stdout } = await lab.exec('sh', ['-c', `exec openssl ${client.join(' ')} </dev/null 2>&1`]);
    return /Cipher is (\S+)/.exec(stdout)?.[1];
  };
  const [cloudstack, limpet] = await sideBySide(bag, async () => ({
    h2: await ask(url, '--http2'),
    h1: await ask(url, '--http1.1'),
    old: (await ask(url, '--tls-max', '1.1')).status,
    ciphers: [await cipher('-tls1_2'), await cipher('-tls1_3'), await cipher('-tls1_2', '-cipher', 'AES128-SHA')],
  }));
  expect(cloudstack.h2.status).toBe('HTTP/2 200 ');
  expect(cloudstack.h2.member['x-forwarded-proto']).toEqual(['gopher', 'https']);
  expect(limpet).toEqual({
    ...cloudstack,
    h2: { ...cloudstack.h2, member: withoutClaims(cloudstack.h2.member, 'https') },
    h1: { ...cloudstack.h1, member: withoutClaims(cloudstack.h1.member, 'https') },
  });
});

it.each(['insert', 'rewrite', 'prefix'] as const)(
  'clients keep their cookies and members (LbCookie %s)',
  async (mode) => {
    const stickiness: LbCookie = {
      ...{ ...lbCookie, mode, cookieName: mode === 'insert' ? 'SRV' : 'session' },
      ...(mode === 'insert' ? {} : { indirect: false, nocache: false, domains: [] }),
    };
    const bag = databag([rule({ stickiness, members: vms })]);
    const url = `http://${ip}:8080/${mode === 'insert' ? '' : 'session'}`;
    const jar = async (): Promise<Map<string, string>> => {
      const cookies = new Map<string, string>();
      for (let i = 0; i < 4; i++) {
        const { vm, headers } = await ask(url);
        cookies.set(vm!, headers['set-cookie']![0]!);
      }
      return cookies;
    };
    const held = await onCloudStack(bag, jar);
    expect([...held.keys()].sort()).toEqual(['vm11', 'vm12']);
    const [same, reached] = await onLimpet(bag, async () => {
      const again: [string, string | undefined][] = [];
      for (const [vm, cookie] of held) {
        const own = cookie.split(';')[0]!;
        for (let i = 0; i < 3; i++) again.push([vm, (await ask(`http://${ip}:8080/`, '-b', own)).vm]);
      }
      return [await jar(), again] as const;
    });
    for (const [vm, now] of reached) expect(now).toBe(vm);
    const valueOnly = (cookies: Map<string, string>) =>
      [...cookies].map(([vm, cookie]) => [vm, cookie.replace(/vm1\d\.\d+/, 'own')]).sort();
    expect(valueOnly(same)).toEqual(valueOnly(held));
  },
);

it('operators see the same page, limits, user and root', async () => {
  const bag = databag([rule({ members: one, protocol: 'tcp' })], { maxconn: 6000, stats });
  const url = `http://${ip}:8081/admin?stats`;
  const [cloudstack, limpet] = await sideBySide(bag, async (pid) => {
    const page = await ask(url, '-u', 'admin1:secret1');
    const refused = await ask(url, '-u', 'admin1:wrong');
    return {
      page: { status: page.status, headers: page.headers },
      limits: /maxconn = <\/b>\s*(\d+); <b>maxpipes = <\/b>\s*(\d+)/.exec(page.body)?.slice(1),
      refused: { status: refused.status, headers: refused.headers },
      user: (await stat(`/proc/${pid}`)).uid,
      root: await readlink(`/proc/${pid}/root`),
    };
  });
  expect(cloudstack).toMatchObject({ page: { status: 'HTTP/1.1 200 OK' }, root: '/var/lib/haproxy' });
  expect(cloudstack.limits).toEqual(['6000', '1500']);
  expect(cloudstack.user).not.toBe(0);
  expect(limpet).toEqual(cloudstack);
});

it('the log server is told the same of a member that does not answer', async () => {
  const bag = databag([rule({ members: [member('vm11', { port: 9 })] })]);
  const told: (string | undefined)[] = [];
  for (const on of [onCloudStack, onLimpet]) {
    const server = lab.spawn('socat', ['-u', 'UDP-RECV:3914', 'STDOUT']);
    const line = once(server.stdout!, 'data');
    await on(bag, async () => {
      told.push(/^<(\d+)>/.exec(String((await line)[0]))?.[1]);
    });
    server.kill();
    await once(server, 'close');
  }
  expect(told[0]).toMatch(/^\d+$/);
  expect(told[1]).toBe(told[0]);
});

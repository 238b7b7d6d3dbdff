import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { readShowStat } from '@limpet/haproxy';
import { borrowLab, type Lab } from '@limpet/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, openBrowser } from '../../testing/browser.ts';
import { can } from '../../testing/capabilities.ts';
import { installedConfig } from '../../testing/installed-config.ts';
import { member, rule } from '../../testing/rules.ts';
import type { Router } from '../router.ts';
import { createHaproxyRouter } from './router.ts';

const ip = '10.0.53.2';
const members = ['vm11', 'vm12'].map((vm) => member(vm));
const client = '127.0.0.2';
const statsPage = { ip, port: 8404, cidrs: [], uri: '/admin?stats', user: 'admin', password: 'se"cret' };

let lab: Lab;
let router: Router;
let dataPlane: DataPlane;
let generation: number;
let browsers: Browser[];

beforeEach(async () => {
  lab = await borrowLab({ publicIps: [ip], vms: [...members, member('vm13')] });
  generation = 0;
  browsers = [];
  dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir: lab.dir, clock: systemClock });
  router = await createHaproxyRouter({
    dataPlane,
    dir: lab.dir,
    settings: { drainDeadlineMs: 100, statistics: [statsPage] },
  });
});

afterEach(async () => {
  for (const browser of browsers) await browser.close();
  await router.close();
  await lab.close();
});

const send = (change: Partial<RuleRecord>) =>
  router.putRule({ type: 'putRule', rule: rule({ members, ...change }), generation: ++generation });

async function put(change: Partial<RuleRecord> = {}): Promise<void> {
  const { outcome, rules } = await send(change);
  expect([outcome, rules[0]?.conditions.filter(({ status }) => status !== 'True')]).toEqual(['applied', []]);
}

async function browse(port = 8080): Promise<Browser> {
  const browser = await openBrowser(lab, [client], ip, port);
  browsers.push(browser);
  return browser;
}

const ask = (port: number) => ({ client: '198.18.0.1', ip, port, protocol: 'tcp' as const });

/** A certificate and its key, as PEM. */
async function selfSigned(name: string): Promise<string> {
  const [key, certificate] = [join(lab.dir, 'key.pem'), join(lab.dir, 'cert.pem')];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  await lab.exec('openssl', [...args, '-subj', `/CN=${name}`, '-keyout', key, '-out', certificate]);
  return (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8'));
}

/** What a TLS client sees: whose certificate, and which member answers. */
async function overTls(path: string, maxVersion?: 'TLSv1.2'): Promise<{ name: string; vm: string }> {
  const socket = connectTls({ path, rejectUnauthorized: false, servername: 'limpet.test', maxVersion });
  await once(socket, 'secureConnect');
  const name = `${socket.getPeerCertificate().subject.CN}`;
  socket.write('GET / HTTP/1.1\r\nHost: limpet.test\r\n\r\n');
  const [page] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return { name, vm: /^x-vm: (\S+)/m.exec(page.toString())![1]! };
}

describe('protocol ssl', () => {
  it('decrypts with the certificate, and takes a renewed one without a reload', async () => {
    const certificate = join(lab.dir, 'site.pem');
    expect((await send({ protocol: 'ssl', certificate })).rules[0]?.conditions[0]).toMatchObject({
      reason: 'CertificateUnreadable',
      message: expect.stringMatching(/^certificate: .*no such file/),
    });
    await writeFile(certificate, await selfSigned('one'));
    await Promise.all([put({ protocol: 'ssl', certificate }), put({ port: 81 })]);
    const browser = await browse();
    const seen = [await overTls(browser.socket(client)), await overTls(browser.socket(client), 'TLSv1.2')];
    expect(seen.map(({ name }) => name)).toEqual(['one', 'one']);
    expect(seen.map(({ vm }) => vm).sort()).toEqual(['vm11', 'vm12']);

    const { reloads } = router.stats();
    await writeFile(certificate, (await selfSigned('two')).replaceAll('-----BEGIN', '\n-----BEGIN'));
    await put({ protocol: 'ssl', certificate });
    expect((await overTls(browser.socket(client))).name).toBe('two');
    expect(router.stats().reloads).toBe(reloads);

    await writeFile(certificate, 'rubbish');
    expect((await send({ protocol: 'ssl', certificate })).outcome).toBe('refused');
    // Nobody else's reload fails for it (B12).
    await put({ port: 81, algorithm: 'source' });
    expect(router.stats().reloads).toBe(reloads + 1);
    expect((await overTls(browser.socket(client))).name).toBe('two');
  });
});

describe('protocol tcp-proxy', () => {
  it('tells members who the client is, also those that were added at run time', async () => {
    await put();
    const browser = await browse();
    const page = await browser.ask(client);
    expect(page === 'closed' ? page : page.client).toBe('10.1.1.1');
    await put({ protocol: 'tcp-proxy' });
    const { reloads } = router.stats();
    await put({ protocol: 'tcp-proxy', members: [...members, member('vm13')] });
    const seen = new Map<string, string>();
    for (let i = 0; i < 6; i++) {
      const answer = await browser.ask(client);
      if (answer !== 'closed') seen.set(answer.vm, answer.client);
    }
    expect([...seen].sort()).toEqual(['vm11', 'vm12', 'vm13'].map((vm) => [vm, client]));
    expect(router.stats().reloads).toBe(reloads + ((await can(dataPlane, 'dynamicServers')) ? 0 : 1));
  });
});

describe('limits', () => {
  it('of connections are the rule’s own; only that of a full frontend takes a reload (haproxy#2726)', async () => {
    await Promise.all([put({ maxConnections: 2 }), put({ port: 81 })]);
    const { reloads } = router.stats();
    const held = async (port: number) =>
      (await lab.clients.hold(Array(3).fill(ask(port)))).map(({ answer }) => answer.ok);
    const two = (await lab.clients.hold(Array(3).fill(ask(8080)))).filter(({ answer }) => answer.ok);
    expect(two).toHaveLength(2);
    expect(await held(81)).toEqual([true, true, true]);
    await put({ maxConnections: 100 });
    expect(router.stats().reloads).toBe(reloads + 1);
    expect(await held(8080)).toEqual([true, true, true]);
    expect((await lab.clients.askHeld(two.map(({ id }) => id))).map(({ ok }) => ok)).toEqual([true, true]);
    await put();
    expect(await held(8080)).toEqual([true, true, true]);
    expect(await installedConfig(dataPlane, lab.dir)).not.toMatch(/maxconn (2|100)\n/);
    expect(router.stats().reloads).toBe(reloads + 1);
  });

  it('of time are the rule’s own', async () => {
    await Promise.all([put({ timeouts: { clientMs: 200 } }), put({ port: 81 })]);
    const asking = async (port: number) => {
      const socket = connect((await browse(port)).socket(client));
      socket.write('who\n');
      await once(socket, 'data');
      return socket;
    };
    const long = await asking(81);
    const short = await asking(8080);
    short.resume();
    await once(short, 'close');
    long.write('who\n');
    await once(long, 'data');
    long.destroy();
  });

  it('of requests on a connection are the rule’s own', async () => {
    await Promise.all([put({ protocol: 'http', keepAlive: false }), put({ port: 81, protocol: 'http' })]);
    for (const [port, connection] of [
      [8080, 'close'],
      [81, 'keep-alive'],
    ] as const) {
      const browser = await browse(port);
      const page = await browser.ask(client, { on: browser.hold() });
      expect(page === 'closed' ? page : (page.headers.connection ?? 'keep-alive')).toBe(connection);
    }
  });
});

describe('health checks', () => {
  const healthCheck = {
    path: '/?a=1&b=~x',
    intervalMs: 200,
    timeoutMs: 100,
    healthyThreshold: 1,
    unhealthyThreshold: 1,
  };
  const checks = async (): Promise<string[]> => {
    const [text] = await dataPlane.haproxy.runtime(['show stat 10_0_53_2-8080 4 -1']);
    return readShowStat(text!).map(({ cells }) => `${cells.svname} ${cells.status} ${cells.check_status}`);
  };

  it('ask every member the same, also one that was added at run time', async () => {
    await put({ healthCheck });
    await put({ healthCheck, members: [...members, member('vm13')] });
    await expect.poll(checks).toEqual(['vm11', 'vm12', 'vm13'].map((vm) => `${vm} UP L7OK`));
    const sick = { ...healthCheck, path: '/sick' };
    // The first checks may have failed before the answer, which then says that no member is up.
    for (const change of [{}, { members: [...members, member('vm13')] }])
      expect((await send({ healthCheck: sick, ...change })).outcome).toBe('applied');
    await expect.poll(checks).toEqual(['vm11', 'vm12', 'vm13'].map((vm) => `${vm} DOWN L7STS`));
  });

  it('reach members behind the PROXY protocol', async () => {
    const proxied = { ...healthCheck, path: '/proxied' };
    await put({ protocol: 'tcp-proxy', healthCheck: proxied });
    await put({ protocol: 'tcp-proxy', healthCheck: proxied, members: [...members, member('vm13')] });
    await expect.poll(checks).toEqual(['vm11', 'vm12', 'vm13'].map((vm) => `${vm} UP L7OK`));
  });
});

describe('members', () => {
  it('have their weights, in the file and at run time', async () => {
    await put({ members: [member('vm11', { weight: 3 }), member('vm12')] });
    const shares = async (): Promise<number> => {
      const answers = await lab.clients.ask(Array(8).fill(ask(8080)));
      return answers.filter((answer) => answer.ok && answer.vm === 'vm11').length;
    };
    expect(await shares()).toBe(6);
    const { reloads } = router.stats();
    await put({ members: [member('vm11'), member('vm12', { weight: 3 })] });
    expect(await shares()).toBe(2);
    expect(router.stats().reloads).toBe(reloads);
  });

  it('go into maintenance and come back, over a reload as well', async () => {
    await Promise.all([put(), put({ port: 81 })]);
    const held = await lab.clients.hold(Array(4).fill(ask(8080)));
    const away = [member('vm11', { state: 'maintenance' }), member('vm12')];
    await put({ members: away });
    const answers = await lab.clients.askHeld(held.map(({ id }) => id));
    expect(answers.map(({ ok }) => ok)).toEqual(held.map(({ answer }) => answer.ok && answer.vm === 'vm12'));
    await put({ port: 81, algorithm: 'leastconn' });
    expect(router.stats().reloads).toBe(1);
    const reached = async () => new Set((await lab.clients.ask(Array(4).fill(ask(8080)))).map((a) => a.ok && a.vm));
    expect(await reached()).toEqual(new Set(['vm12']));
    await put();
    expect(await reached()).toEqual(new Set(['vm11', 'vm12']));
    expect(router.stats().reloads).toBe(1);
  });
});

describe('the statistics page', () => {
  it('is there for those who know the password, and its port is not for rules', async () => {
    await put();
    const url = `http://${ip}:${statsPage.port}${statsPage.uri}`;
    const status = async (...args: string[]): Promise<string> =>
      (await lab.exec('curl', ['-s', '-o', join(lab.dir, 'page'), '-w', '%{http_code}', ...args, url])).stdout;
    expect(await status('-u', `admin:${statsPage.password}`)).toBe('200');
    expect(await readFile(join(lab.dir, 'page'), 'utf8')).toContain('10_0_53_2-8080');
    expect(await status('-u', 'admin:wrong')).toBe('401');
    const [outside] = await lab.clients.ask([{ ...ask(statsPage.port), protocol: 'http' }]);
    expect(outside).toEqual({ ok: false, error: expect.stringMatching(/^http-/) });
    expect((await send({ port: statsPage.port })).rules[0]?.conditions[0]).toMatchObject({ reason: 'PortReserved' });
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { allGone, processesWith } from '../testing/processes.ts';
import { type Lab, type LabOptions, openLab } from './lab.ts';
import type { Ask } from './traffic/traffic.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../testing/${name}`, import.meta.url));
const IP = '203.0.113.1';
const CLIENT = '198.18.7.9';
const VM1 = { vm: 'vm1', ip: '10.1.1.10', port: 80 };
const tcp: Ask = { client: CLIENT, ip: IP, port: 80, protocol: 'tcp' };
const http: Ask = { ...tcp, protocol: 'http' };

const labs: Lab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function open(options: Partial<LabOptions> = {}): Promise<Lab> {
  const lab = await openLab({ publicIps: [IP], ...options });
  labs.push(lab);
  return lab;
}

/** Lines that a program has printed. */
function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  createInterface(child.stdout!).on('line', (line) => lines.push(line));
  return lines;
}

/** Starts a load balancer from `IP:80` to the VM; returns what it prints. */
async function balance(lab: Lab, vm = VM1): Promise<string[]> {
  const proxy = lab.spawn(process.execPath, [fixture('tcp-proxy.ts'), IP, '80', vm.ip, String(vm.port)]);
  const lines = linesOf(proxy);
  await expect.poll(() => lines[0]).toBe('ready');
  return lines;
}

async function accept(lab: Lab): Promise<void> {
  const rule = ['-A', 'INPUT', '-i', 'eth2', '-d', IP, '-p', 'tcp', '--dport', '80', '-m', 'state', '--state', 'NEW'];
  expect(await lab.exec('iptables', [...rule, '-j', 'ACCEPT'])).toMatchObject({ code: 0, stderr: '' });
}

describe('traffic', () => {
  test('a client learns which VM answers, and the router sees the client’s own address', async () => {
    const lab = await open({ vms: [VM1] });
    const log = await balance(lab);
    await accept(lab);
    const asks = [tcp, http, { ...tcp, client: '198.19.255.254' }];
    expect(await lab.clients.ask(asks)).toEqual(asks.map(() => ({ ok: true, vm: 'vm1' })));
    expect(log.slice(1).sort()).toEqual([CLIENT, CLIENT, '198.19.255.254']);
  });

  test('a listener without an accept is unreachable, an accept without a listener refuses', async () => {
    const lab = await open({ vms: [VM1], timeoutMs: 300 });
    await balance(lab);
    expect(await lab.clients.ask([tcp])).toEqual([{ ok: false, error: 'timeout' }]);
    await accept(lab);
    expect(await lab.clients.ask([tcp])).toEqual([{ ok: true, vm: 'vm1' }]);
    await lab.exec('iptables', ['-P', 'INPUT', 'ACCEPT']);
    expect(await lab.clients.ask([{ ...tcp, port: 81 }])).toEqual([{ ok: false, error: 'refused' }]);
  });

  test('only the public addresses are local to the router, and only they are reachable', async () => {
    const lab = await open();
    const proxy = await lab.exec(process.execPath, [fixture('tcp-proxy.ts'), '203.0.113.2', '80', VM1.ip, '80']);
    expect(proxy.code).not.toBe(0);
    expect(proxy.stderr).toContain('EADDRNOTAVAIL');
    expect(await lab.clients.ask([{ ...tcp, ip: '203.0.113.2' }])).toEqual([{ ok: false, error: 'unreachable' }]);
  });

  test('a public address may lie among the clients, and a VM anywhere', async () => {
    const vm = { vm: 'far', ip: '192.168.200.77', port: 8080 };
    const lab = await open({ clientNetworks: ['203.0.112.0/23'], gateway: '192.168.200.1', vms: [vm] });
    await balance(lab, vm);
    await accept(lab);
    expect(await lab.clients.ask([{ ...tcp, client: '203.0.113.99' }])).toEqual([{ ok: true, vm: 'far' }]);
  });

  test.each(['tcp', 'http'] as const)('a held %s connection answers until its VM is destroyed', async (protocol) => {
    const lab = await open({ vms: [VM1] });
    const log = await balance(lab);
    await accept(lab);
    const held = await lab.clients.hold([
      { ...tcp, protocol },
      { ...tcp, protocol },
    ]);
    const ids = held.map(({ id }) => id);
    const fine = ids.map(() => ({ ok: true, vm: 'vm1' }));
    expect(held.map(({ answer }) => answer)).toEqual(fine);
    expect(await lab.clients.askHeld(ids)).toEqual(fine);
    expect(await lab.clients.askHeld([ids[0]!, ids[0]!])).toEqual(fine);
    expect(log).toHaveLength(3);

    await lab.vms.destroy(['vm1']);
    const closed = { ok: false, error: 'closed' };
    expect(await lab.clients.askHeld([...ids, 4711])).toEqual([closed, closed, closed]);
    expect(await lab.clients.ask([tcp])).toEqual([{ ok: false, error: 'reset' }]);

    await lab.vms.start([{ ...VM1, vm: 'vm2' }]);
    expect(await lab.clients.ask([tcp])).toEqual([{ ok: true, vm: 'vm2' }]);
  });

  test('a released connection is gone', async () => {
    const lab = await open({ vms: [VM1] });
    await balance(lab);
    await accept(lab);
    const [held] = await lab.clients.hold([tcp]);
    await lab.clients.release([held!.id]);
    expect(await lab.clients.askHeld([held!.id])).toEqual([{ ok: false, error: 'closed' }]);
  });

  test('many questions are answered in order', async () => {
    const lab = await open({ vms: [VM1] });
    await balance(lab);
    await accept(lab);
    const asks = Array.from({ length: 1000 }, (_, index) => ({ ...tcp, client: `198.18.0.${index % 256}` }));
    asks[500] = { ...tcp, ip: '192.0.2.1' };
    const answers = await lab.clients.ask(asks);
    expect(answers.map((answer, index) => (answer.ok ? '' : index)).join('')).toBe('500');
  });
});

describe('life', () => {
  test('two labs with the same addresses do not meet', async () => {
    const [one, two] = await Promise.all([open({ vms: [VM1] }), open({ vms: [{ ...VM1, vm: 'other' }] })]);
    await Promise.all([one, two].map((lab) => Promise.all([balance(lab), accept(lab)])));
    expect(await one.clients.ask([tcp])).toEqual([{ ok: true, vm: 'vm1' }]);
    expect(await two.clients.ask([tcp])).toEqual([{ ok: true, vm: 'other' }]);
    expect(one.dir).not.toBe(two.dir);
    await one.close();
    expect(await two.clients.ask([tcp])).toEqual([{ ok: true, vm: 'other' }]);
  });

  test('close ends daemons too, and removes the folder; a closed lab says so', async () => {
    const lab = await open();
    expect(statSync(lab.dir).mode & 0o777).toBe(0o755);
    const mark = randomUUID();
    await lab.exec('env', [
      `MARK=${mark}`,
      'setsid',
      '-f',
      'sh',
      '-c',
      'sleep 1000 >/dev/null 2>&1 & exec sleep 1000 >/dev/null 2>&1',
    ]);
    expect(processesWith('MARK', mark).length).toBeGreaterThan(0);
    await Promise.all([lab.close(), lab.close()]);
    expect(processesWith('MARK', mark)).toEqual([]);
    expect(existsSync(lab.dir)).toBe(false);
    await expect(lab.clients.ask([tcp])).rejects.toMatchObject({ code: 'LAB_HOST_DIED' });
  });

  test('a spawned program has the pid that spawn says, and signals reach it', async () => {
    const lab = await open();
    const child = lab.spawn('sleep', ['1000']);
    process.kill(child.pid!, 'SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  test('clients and VMs end with the program that opened the lab, even by SIGKILL', async () => {
    const mark = randomUUID();
    const opener = spawn(process.execPath, [fixture('open-lab.ts')], {
      env: { ...process.env, MARK: mark },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = linesOf(opener);
    await expect.poll(() => lines[0]).toBe('ready');
    // The opener, a holder for each namespace, and a host in each.
    expect(processesWith('MARK', mark)).toHaveLength(7);
    opener.kill('SIGKILL');
    await allGone('MARK', mark);
  });
});

describe('bad input is refused by name, and nothing is started', () => {
  test.each<[string, string, Partial<LabOptions>, string]>([
    ['publicIps', 'LAB_BAD_ADDRESS', { publicIps: ['203.0.113.256'] }, "publicIps: '203.0.113.256'"],
    ['clientNetworks', 'LAB_BAD_ADDRESS', { clientNetworks: ['10.0.0.1/8'] }, "clientNetworks: '10.0.0.1/8'"],
    ['gateway', 'LAB_BAD_ADDRESS', { gateway: 'router' }, "gateway: 'router'"],
    ['vms ip', 'LAB_BAD_ADDRESS', { vms: [{ ...VM1, ip: '10.1.1.1' }] }, 'ip: 10.1.1.1 of VM vm1'],
    ['gateway', 'LAB_BAD_ADDRESS', { gateway: IP }, 'gateway: 203.0.113.1'],
    ['vms ip', 'LAB_BAD_ADDRESS', { vms: [{ ...VM1, ip: CLIENT }] }, 'ip: 198.18.7.9 of VM vm1'],
    ['timeoutMs', 'LAB_BAD_TIMEOUT', { timeoutMs: 0 }, 'timeoutMs: 0'],
    ['vms name', 'LAB_BAD_NAME', { vms: [{ ...VM1, vm: 'a\nb' }] }, "vm: 'a\nb'"],
  ])('%s', async (_, code, options, message) => {
    await expect(open(options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test('a client, a port, an address in use', async () => {
    const lab = await open({ vms: [VM1] });
    await expect(lab.clients.ask([{ ...tcp, client: '10.0.0.1' }])).rejects.toMatchObject({
      message: "client: 10.0.0.1 is not in the lab's clientNetworks (198.18.0.0/15)",
    });
    await expect(lab.clients.hold([{ ...tcp, port: 65536 }])).rejects.toMatchObject({ code: 'LAB_BAD_PORT' });
    const fresh = { vm: 'vm2', ip: '10.1.1.11', port: 80 };
    await expect(lab.vms.start([fresh, { ...VM1, vm: 'vm3' }])).rejects.toMatchObject({
      code: 'LAB_ADDRESS_IN_USE',
      message: 'VM vm3: 10.1.1.10:80 belongs to VM vm1; destroy that first',
    });
    await lab.vms.start([fresh]);
  });
});

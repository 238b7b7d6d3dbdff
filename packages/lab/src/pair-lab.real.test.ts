import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPairLab, type PairedRouter, type PairLab } from './pair-lab.ts';

const ip = '203.0.113.1';
const ask = { client: '198.18.7.9', ip, port: 80, protocol: 'tcp' } as const;
const proxy = fileURLToPath(new URL('../testing/tcp-proxy.ts', import.meta.url));

let lab: PairLab;
beforeEach(async () => {
  lab = await openPairLab({
    publicIps: [ip],
    vms: ['vm1', 'vm2'].map((vm, at) => ({ vm, ip: `10.1.1.1${at}`, port: 80 })),
  });
});
afterEach(() => lab.close());

/** Starts a load balancer on the public address, whoever has it. */
async function balance({ exec, spawn }: PairedRouter, vmIp: string): Promise<void> {
  expect(await exec('iptables', ['-A', 'INPUT', '-p', 'tcp', '--dport', '80', '-j', 'ACCEPT'])).toMatchObject({
    code: 0,
  });
  spawn(process.execPath, [proxy, ip, '80', vmIp, '80']);
  await expect.poll(async () => (await exec('ss', ['-Hltn'])).stdout).toContain(`${ip}:80`);
}

it('has an address on one router at a time, of which clients reach that router', async () => {
  const [one, other] = lab.routers;
  await Promise.all([balance(one, '10.1.1.10'), balance(other, '10.1.1.11')]);
  const addresses = () => Promise.all(lab.routers.map(async ({ exec }) => (await exec('hostname', ['-I'])).stdout));
  for (const [to, vm] of [
    [0, 'vm1'],
    [1, 'vm2'],
    [1, 'vm2'],
    [0, 'vm1'],
  ] as const) {
    await lab.move(ip, to);
    expect((await addresses()).map((text) => text.includes(ip))).toEqual([to === 0, to === 1]);
    expect(await lab.clients.ask([ask])).toEqual([{ ok: true, vm }]);
  }
  const [held] = await lab.clients.hold([ask]);
  await lab.move(ip, 1);
  expect(await lab.clients.askHeld([held!.id])).toMatchObject([{ ok: false }]);
  await expect(lab.move('203.0.113.2', 1)).rejects.toMatchObject({ code: 'LAB_BAD_ADDRESS' });
});

it('joins the routers by the addresses that they keep', async () => {
  const [one, other] = lab.routers;
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    await to.exec('iptables', ['-A', 'INPUT', '-s', from.ip, '-j', 'ACCEPT']);
    const { stderr } = await from.exec('socat', ['-u', 'OPEN:/dev/null', `TCP:${to.ip}:9,connect-timeout=5`]);
    expect(stderr).toContain('Connection refused');
  }
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { inForceOf, openRouterInLab, type RouterInLab } from '../../testing/router-in-lab.ts';

let router: RouterInLab;
beforeEach(async () => {
  router = await openRouterInLab();
});
afterEach(() => router.lab.close());

const [moving, id] = ['203.0.113.50', '203.0.113.50:80'];
const peers = 'pair.peers=[{ name: r-5-VM, ip: 203.0.113.10 }, { name: r-6-VM, ip: 203.0.113.11 }]';
const members = [{ vm: 'vm-1', ip: '10.1.1.11', port: 80 }];
const address = (action: 'add' | 'del') => router.lab.exec('ip', ['address', action, `${moving}/32`, 'dev', 'eth2']);
const limpet = (command: string, ...args: string[]) =>
  router.limpet(command, router.file, '--set', peers, '--set', 'pair.self=r-5-VM', ...args);

it('programs the rules of a pair where their address is not, and calls that well', async () => {
  await router.write({ ip: moving, port: 80, members });
  await address('del');
  expect(await limpet('apply')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`${id}: NonlocalBindOff: ip: ${moving} is not an address of this router now`),
  });
  await router.lab.exec('tee', ['/proc/sys/net/ipv4/ip_nonlocal_bind'], { input: '1' });
  expect(await limpet('apply')).toMatchObject({
    code: 2,
    stdout: expect.stringContaining(`${id}: Standby: ${moving} is not an address of this router now`),
    stderr: '',
  });
  expect((await limpet('plan')).code).toBe(0);
  for (const command of ['apply', 'verify']) {
    const said = await limpet(command, '-o', 'json');
    expect(said.code).toBe(0);
    expect(inForceOf(said)).toEqual({ [id]: 'False Standby' });
    expect(JSON.parse(said.stdout)).toMatchObject({ inForce: false });
  }
  expect(await router.limpet('status')).toMatchObject({ code: 0, stdout: expect.stringContaining(`${id}: Standby`) });
  await address('add');
  expect(await router.reached(moving, 80)).toBe('vm-1');
  const status = await router.limpet('status', '-o', 'json');
  expect(status.code).toBe(0);
  expect(inForceOf(status)).toEqual({ [id]: 'True Verified' });
});

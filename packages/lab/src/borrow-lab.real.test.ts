import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { borrowLab } from './borrow-lab.ts';
import type { Ask } from './traffic/traffic.ts';

const options = { publicIps: ['203.0.113.77'], vms: [{ vm: 'vm1', ip: '10.1.1.10', port: 80 }] };
const ask: Ask = { client: '198.18.7.9', ip: '203.0.113.77', port: 80, protocol: 'tcp' };
const own = ['-A', 'INPUT', '-p', 'tcp', '--dport', '80', '-j', 'ACCEPT'];

it('a lab that was given back is as new for the next one, who gets the same namespace', async () => {
  const first = await borrowLab(options);
  const namespace = async (lab: typeof first) => (await lab.exec('readlink', ['/proc/self/ns/net'])).stdout;
  // Without its counters: a connection that ends still sends a packet.
  const filter = async (lab: typeof first) =>
    (await lab.exec('iptables-save', ['-t', 'filter'])).stdout.replaceAll(/ \[.*\]/g, '').match(/^[-:].*/gm);
  const listeners = async (lab: typeof first) => (await lab.exec('ss', ['-Hltn'])).stdout;
  const [before, place] = [await filter(first), await namespace(first)];
  await first.exec('iptables', own);
  await first.exec('iptables', ['-N', 'OWN']);
  first.spawn('socat', ['TCP-LISTEN:80,fork,reuseaddr', 'TCP:10.1.1.10:80']);
  await expect.poll(() => listeners(first)).toContain(':80');
  const [held] = await first.clients.hold([ask]);
  expect(held).toMatchObject({ answer: { ok: true, vm: 'vm1' } });
  await writeFile(join(first.dir, 'file'), '');
  await first.close();

  const second = await borrowLab({ ...options, vms: [] });
  expect(await namespace(second)).toBe(place);
  expect(await filter(second)).toEqual(before);
  expect(await listeners(second)).toBe('');
  expect(await second.clients.askHeld([held!.id])).toEqual([{ ok: false, error: 'closed' }]);
  await second.exec('iptables', own);
  second.spawn('socat', ['TCP-LISTEN:80,fork,reuseaddr', 'TCP:10.1.1.10:80']);
  await expect.poll(() => listeners(second)).toContain(':80');
  expect(await second.clients.ask([ask])).toMatchObject([{ ok: false }]);
  expect(await readdir(second.dir)).toEqual([]);
  expect(existsSync(first.dir)).toBe(false);

  expect(await first.exec('touch', [join(second.dir, 'file')])).toMatchObject({ code: 137 });
  expect(await readdir(second.dir)).toEqual([]);
  await second.close();
});

it('two who want a lab at the same time get one each, and so does who wants another', async () => {
  const labs = [await borrowLab(options), await borrowLab(options), await borrowLab({ ...options, timeoutMs: 100 })];
  const places = await Promise.all(labs.map((lab) => lab.exec('readlink', ['/proc/self/ns/net'])));
  expect(new Set(places.map(({ stdout }) => stdout)).size).toBe(3);
  await Promise.all(labs.map((lab) => lab.close()));
});

it('a lab that cannot be made as new is not lent again', async () => {
  const first = await borrowLab(options);
  const { stdout } = await first.exec('readlink', ['/proc/self/ns/net']);
  await first.exec('mount', ['-t', 'tmpfs', 'own', first.dir]);
  await first.close();
  const second = await borrowLab(options);
  expect((await second.exec('readlink', ['/proc/self/ns/net'])).stdout).not.toBe(stdout);
  await second.exec('umount', ['-l', first.dir]);
  await second.close();
});

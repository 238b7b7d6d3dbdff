import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleStatus } from '@limpet/contract';
import { readShowProc } from '@limpet/haproxy';
import { type Lab, openLab } from '@limpet/lab';
import { Iptables } from '@limpet/netfilter';
import { afterEach, describe, expect, it } from 'vitest';
import { conditionOf, openRealBench, type RealBench } from '../../testing/real-session.ts';
import { sourceBased } from '../../testing/rules.ts';

let bench: RealBench;
afterEach(() => bench.close());

const faulty = (status: RuleStatus): boolean => conditionOf(status, 'Programmed') === 'False MachineFault';
const hangs = (status: RuleStatus): boolean => conditionOf(status, 'Programmed') === 'False NotResponding';
const inForce = (status: RuleStatus): boolean => conditionOf(status, 'InForce') === 'True Verified';
const messageOf = ({ conditions }: RuleStatus): string =>
  conditions.find(({ type }) => type === 'Programmed')?.message ?? '';

describe('a machine that is not well is named in the conditions, and what was wanted comes about by itself when it is', () => {
  it('a worker that hangs', async () => {
    bench = await openRealBench();
    await bench.put();
    const { workers } = readShowProc(await bench.dataPlane.haproxy.master('show proc'));
    process.kill(workers[0]!.pid, 'SIGSTOP');
    const answer = bench.put({ stickiness: sourceBased });
    expect(messageOf(await bench.until(hangs))).toMatch(/admin\.sock.*since .*the router goes on trying/);
    process.kill(workers[0]!.pid, 'SIGCONT');
    expect((await answer).outcome).toBe('applied');
    await bench.until(inForce);
  });

  it('a HAProxy that hangs, beside which no second one is started', async () => {
    bench = await openRealBench();
    await bench.put();
    const { master, workers } = readShowProc(await bench.dataPlane.haproxy.master('show proc'));
    const pids = [master, ...workers].map(({ pid }) => pid);
    bench = await bench.again(); // whose child HAProxy is not
    await bench.until(inForce);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const answer = bench.put({ stickiness: sourceBased });
    // A look that had begun before has another message: HAProxy fell silent in the middle of it.
    const found = `HAProxy (pid ${pids.join(', ')}) is there and does not answer`;
    const message = messageOf(await bench.until((status) => hangs(status) && messageOf(status).includes(found)));
    expect(message).toContain(`end it with "kill -9 ${pids.join(' ')}"`);
    expect((await answer).outcome).toBe('refused');
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await bench.until(inForce);
    const { master: now } = readShowProc(await bench.dataPlane.haproxy.master('show proc'));
    expect(now.pid).toBe(master.pid);
    expect((await bench.lab.exec('ss', ['-Hltn', 'sport', '=', ':8080'])).stdout.trim().split('\n')).toHaveLength(1);
  });

  it('a disk that is full', async () => {
    bench = await openRealBench(
      {},
      { prepare: ({ exec, dir }) => exec('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=755', 'disk', dir]) },
    );
    const { dir, exec } = bench.lab;
    await bench.put();
    const ballast = join(dir, 'ballast');
    await expect(writeFile(ballast, Buffer.alloc(512 * 1024))).rejects.toThrow('ENOSPC');
    const answer = bench.put({ stickiness: sourceBased });
    expect(messageOf(await bench.until(faulty))).toMatch(/ENOSPC/);
    await rm(ballast);
    expect((await answer).outcome).toBe('applied');
    await bench.router.close();
    await exec('umount', ['-l', dir]);
  });

  it("somebody who holds iptables' lock", async () => {
    // A lab of its own: the old iptables' rules would stay in one that is borrowed.
    bench = await openRealBench({}, { open: openLab });
    const { lab } = bench;
    await lab.exec('iptables-nft', ['-P', 'INPUT', 'ACCEPT']); // A router has one of the two kinds; the lab has the new one.
    bench = await bench.again(() => ({ packetFilter: legacy(lab) }));
    await bench.put();
    const holder = spawn('flock', ['/run/xtables.lock', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] });
    await expect.poll(async () => (await lab.exec('flock', ['-n', '/run/xtables.lock', 'true'])).code).not.toBe(0);
    const answer = bench.put({ cidrs: ['198.18.0.0/24'] });
    expect(messageOf(await bench.until(faulty))).toMatch(/xtables\.lock/);
    holder.stdin.end();
    await once(holder, 'close');
    expect((await answer).outcome).toBe('applied');
  });
});

/** iptables of the old kind, which has a lock. */
const legacy = (lab: Lab) =>
  new Iptables({ exec: (file, args, options) => lab.exec(file.replace('iptables', 'iptables-legacy'), args, options) });

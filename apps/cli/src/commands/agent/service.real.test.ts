import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInLab, limpetProgram, openAgentInLab } from '../../../testing/agent-in-lab.ts';

let folder: string;
let manager: ChildProcess;
let said = '';
let agent: AgentInLab;
/** What systemd does for a unit with Type=notify: a socket of datagrams, and an environment that names it. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-service-'));
  const socket = join(folder, 'notify');
  manager = spawn('socat', ['-u', `UNIX-RECV:${socket}`, 'STDOUT'], { stdio: ['ignore', 'pipe', 'inherit'] });
  manager.stdout!.on('data', (data: Buffer) => {
    said += data.toString();
  });
  await expect.poll(() => existsSync(socket)).toBe(true);
  agent = await openAgentInLab({ publicIps: ['10.0.53.2'] }, [
    'env',
    `NOTIFY_SOCKET=${socket}`,
    'WATCHDOG_USEC=800000',
    process.execPath,
    limpetProgram,
  ]);
});
afterEach(async () => {
  await agent?.close();
  manager.kill();
  await rm(folder, { recursive: true });
});

it('tells the service manager that it is ready, alive, and stopping', async () => {
  await agent.start();
  await expect.poll(() => said).toMatch(/READY=1[\s\S]*WATCHDOG=1[\s\S]*WATCHDOG=1/);
  expect(await agent.stop('SIGTERM')).toBe(0);
  await expect.poll(() => said).toMatch(/STOPPING=1/);
  expect(said.indexOf('READY=1')).toBeLessThan(said.indexOf('WATCHDOG=1'));
});

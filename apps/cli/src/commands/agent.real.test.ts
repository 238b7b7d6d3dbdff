import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AgentClient } from '@limpet/agent';
import { borrowLab, type Lab } from '@limpet/lab';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';

const bin = fileURLToPath(new URL('../../bin/limpet.js', import.meta.url));
const ip = '10.0.53.2';
const vms = ['vm11', 'vm12'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));

let lab: Lab;
let client: AgentClient;
let running: ChildProcess | undefined;

beforeEach(async () => {
  lab = await borrowLab({ publicIps: [ip], vms });
  client = new AgentClient(join(lab.dir, 'agent.sock'));
});
afterEach(async () => {
  await stop('SIGKILL');
  await lab.close();
});

/** Starts `limpet agent` on the lab's router, and resolves when it runs. */
async function start(config: object = {}): Promise<void> {
  const file = join(lab.dir, 'agent.yaml');
  const whole = { dir: join(lab.dir, 'router'), socket: client.socket, input: { kind: 'api' }, ...config };
  await writeFile(file, stringify(whole));
  const child = lab.spawn(process.execPath, [bin, 'agent', '--config', file]);
  running = child;
  const said = text(child.stderr!);
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (lines: Buffer) => {
      if (/"msg":"running"/.test(lines.toString())) resolve();
    });
    child.once('close', () => said.then((why) => reject(new Error(why)), reject));
  });
}

/** Ends the agent; resolves to its exit code. */
async function stop(signal: NodeJS.Signals): Promise<number | null> {
  const child = running;
  running = undefined;
  if (child === undefined || child.exitCode !== null) return null;
  const closed = once(child, 'close');
  child.kill(signal);
  const [code] = (await closed) as [number | null];
  return code;
}

const path = `/v1/rules/${ip}:80`;
const put = (rule: object): Promise<unknown> => client.ask('PUT', path, rule, { 'if-none-match': '*' });
const reached = async (): Promise<boolean> =>
  (await lab.clients.ask([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]))[0]!.ok;

it.each(['SIGTERM', 'SIGINT'] as const)('%s ends the agent, and no connection', async (signal) => {
  await start();
  await put({ members: vms });
  const held = await lab.clients.hold([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]);
  expect(await stop(signal)).toBe(0);
  expect(await reached()).toBe(true);
  await start();
  expect((await client.status()).rules).toMatchObject([{ generation: 1, observedGeneration: 1 }]);
  expect((await lab.clients.askHeld(held.map(({ id }) => id))).every(({ ok }) => ok)).toBe(true);
});

it('SIGKILL loses no change that was answered; the last good state is in force again, after a reboot too', async () => {
  await start();
  await put({ members: vms });
  await stop('SIGKILL');
  expect(await reached()).toBe(true);
  await lab.exec('pkill', ['-KILL', '-F', join(lab.dir, 'router', 'haproxy.pid')]);
  await start();
  expect(await reached()).toBe(true);
  expect(await client.status()).toMatchObject({ haproxyRuns: true, inForce: true, rules: [{ generation: 1 }] });
});

it('one agent drives a router, and a second says which does', async () => {
  await start();
  const config = join(lab.dir, 'agent.yaml');
  const second = await lab.exec(process.execPath, [bin, 'agent', '--config', config]);
  expect(second).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^limpet: ROUTER_LOCKED: process \d+ drives/),
  });
});

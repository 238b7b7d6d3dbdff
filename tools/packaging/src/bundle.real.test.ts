import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type AgentInLab, openAgentInLab } from '@limpet/cli/testing';
import type { ExecResult } from '@limpet/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { programOf } from '../testing/units.ts';
import { writeBundle } from './bundle.ts';

const ip = '10.0.53.2';
const vms = ['vm11', 'vm12'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));

let folder: string;
let program: string;
let agent: AgentInLab;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-bundle-'));
  const built = await writeBundle(join(folder, 'dist'));
  // Alone: nothing that is beside it in a checkout may be needed.
  program = join(folder, 'alone', basename(built.program));
  await mkdir(join(folder, 'alone'));
  await cp(built.program, program);
  await cp(built.page, join(folder, 'alone', basename(built.page)), { recursive: true });
  agent = await openAgentInLab({ publicIps: [ip], vms }, programOf(program));
});
afterAll(async () => {
  await agent?.close();
  await rm(folder, { recursive: true });
});

async function get(socketPath: string, path: string): Promise<string> {
  const [response] = (await once(request({ socketPath, path }).end(), 'response')) as [IncomingMessage];
  return text(response);
}

/** Bytes, by the agent's own metrics. */
const residentMemory = async (socketPath: string): Promise<number> =>
  Number(/^process_resident_memory_bytes (\d+)$/m.exec(await get(socketPath, '/metrics'))![1]);

const limpet = (...args: string[]): Promise<ExecResult> => agent.lab.exec(process.execPath, [program, ...args]);

it('has the commands of an operator, and says where the others are', async () => {
  const help = await limpet('--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/^ {2}agent /m);
  expect(help.stdout).toMatch(/^check, paths, .* need Limpet's sources: npx limpet COMMAND in a checkout\.$/m);
  expect(await limpet('check', '--groups', '2')).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^limpet: CHECKOUT_NEEDED: .*run npx limpet check in a checkout of Limpet\n$/),
  });
  expect((await limpet('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('runs the agent: a rule that is put on its socket serves a client', async () => {
  await agent.start();
  expect(await limpet('agent', 'check', '--config', agent.config)).toMatchObject({ code: 0, stderr: '' });
  const rules = join(folder, 'rules.yaml');
  await writeFile(rules, JSON.stringify({ rules: [{ ip, port: 80, members: vms }] }));
  expect(await limpet('apply', rules, '--dir', agent.dir)).toMatchObject({ code: 2, stderr: '' });
  const [answer] = await agent.lab.clients.ask([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]);
  expect(answer).toMatchObject({ ok: true });
  const megabytes = (await residentMemory(agent.client.socket)) / 1e6;
  console.log(`resident memory of the bundled agent with a rule: ${Math.round(megabytes)} MB`);
  // From the sources it is 170. Of the 97, Node itself has 44.
  expect(megabytes).toBeLessThan(105);
  expect(await get(agent.client.socket, '/inspect/')).toContain('<div id="root">');
  expect(agent.violations).toEqual([]);
  expect(await agent.stop('SIGTERM')).toBe(0);
  expect(await readdir(join(folder, 'alone'))).toEqual([basename(program), 'page']);
});

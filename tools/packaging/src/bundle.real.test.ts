import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type AgentInLab, openAgentInLab } from '@limpet/cli/testing';
import type { ExecResult } from '@limpet/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentOfAgent, programOf } from '../testing/units.ts';
import { writeBundle } from './bundle.ts';
import { writeExecutable } from './executable.ts';

const ip = '10.0.53.2';
const vms = ['vm11', 'vm12'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));

let folder: string;
let page: string;
let bundle: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-bundle-'));
  ({ program: bundle, page } = await writeBundle(join(folder, 'dist')));
});
afterAll(() => rm(folder, { recursive: true }));

/** A folder with the program in it, and the page: nothing that is beside it in a checkout may be needed. */
async function alone(program: string): Promise<string> {
  const home = await mkdtemp(join(folder, 'alone-'));
  await cp(page, join(home, basename(page)), { recursive: true });
  await rename(program, join(home, basename(program)));
  return join(home, basename(program));
}

async function get(socketPath: string, path: string): Promise<string> {
  const [response] = (await once(request({ socketPath, path }).end(), 'response')) as [IncomingMessage];
  return text(response);
}

/** Bytes, by the agent's own metrics. */
const residentMemory = async (socketPath: string): Promise<number> =>
  Number(/^process_resident_memory_bytes (\d+)$/m.exec(await get(socketPath, '/metrics'))![1]);

/** Resolves when a rule that is put on the agent's socket has served a client. */
async function serve(agent: AgentInLab, limpet: (...args: string[]) => Promise<ExecResult>): Promise<void> {
  await agent.start();
  expect(await limpet('agent', 'check', '--config', agent.config)).toMatchObject({ code: 0, stderr: '' });
  const rules = join(folder, 'rules.yaml');
  await writeFile(rules, JSON.stringify({ rules: [{ ip, port: 80, members: vms }] }));
  expect(await limpet('apply', rules, '--dir', agent.dir)).toMatchObject({ code: 2, stderr: '' });
  const [answer] = await agent.lab.clients.ask([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]);
  expect(answer).toMatchObject({ ok: true });
  expect(await get(agent.client.socket, '/inspect/')).toContain('<div id="root">');
  expect(agent.violations).toEqual([]);
}

describe('the bundle', () => {
  let program: string;
  let agent: AgentInLab;
  beforeAll(async () => {
    program = await alone(bundle);
    agent = await openAgentInLab({ publicIps: [ip], vms }, programOf(program));
  });
  afterAll(() => agent?.close());

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

  it('runs the agent, alone in a folder: a rule that is put on its socket serves a client', async () => {
    await serve(agent, limpet);
    expect((await stat(page)).mode & 0o777).toBe(0o755);
    const megabytes = (await residentMemory(agent.client.socket)) / 1e6;
    console.log(`resident memory of the bundled agent with a rule: ${Math.round(megabytes)} MB`);
    // From the sources it is 170. Of the 97, Node itself has 44.
    expect(megabytes).toBeLessThan(105);
    expect(await agent.stop('SIGTERM')).toBe(0);
    expect(await readdir(dirname(program))).toEqual([basename(program), 'page']);
  });
});

describe('the executable', () => {
  let program: string;
  let stripped: boolean;
  let agent: AgentInLab;
  let limpet: (...args: string[]) => Promise<ExecResult>;
  beforeAll(async () => {
    const built = await writeExecutable(folder);
    stripped = built.stripped;
    program = await alone(built.program);
    // A Node that it finds does not run.
    const stubs = join(folder, 'stubs');
    await mkdir(stubs);
    await writeFile(join(stubs, 'node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const [env, ...args] = [...environmentOfAgent(), `PATH=${stubs}:/usr/sbin:/usr/bin:/sbin:/bin`, program] as const;
    agent = await openAgentInLab({ publicIps: [ip], vms }, [env, ...args]);
    limpet = (...words) => agent.lab.exec(env, [...args, ...words]);
  });
  afterAll(() => agent?.close());

  it('is smaller than Node where there is a strip, and runs the code that was compiled for it', async () => {
    expect((await stat(program)).size < (await stat(process.execPath)).size).toBe(stripped);
    // It is refused, with a warning, when V8 runs with other flags than compiled it.
    expect(await limpet('--version')).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\./), stderr: '' });
  });

  it('runs the agent, alone in a folder and without a Node', async () => {
    await serve(agent, limpet);
    expect(await agent.stop('SIGTERM')).toBe(0);
    expect(await readdir(dirname(program))).toEqual([basename(program), 'page']);
  });

  it('says what is missing when the page is not beside it', async () => {
    await rm(join(dirname(program), 'page'), { recursive: true });
    await agent.start();
    expect(await get(agent.client.socket, '/inspect/')).toMatch(
      /PAGE_UNAVAILABLE.*there is no page in .*npm run bundle writes/s,
    );
  });
});

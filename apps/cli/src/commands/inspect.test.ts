import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openAgent } from '@limpet/agent/testing';
import { documentSchema, type InspectionDocument } from '@limpet/inspection';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limpet } from '../../testing/limpet.ts';

const bin = fileURLToPath(new URL('../../bin/limpet.js', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-inspect-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function given(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

/** The recording that an exported page carries. */
async function exported(...args: string[]): Promise<InspectionDocument> {
  const file = join(folder, 'page.html');
  const { code, stderr } = await limpet(['inspect', ...args, '--export', file]);
  expect([code, stderr]).toEqual([0, '']);
  const page = await readFile(file, 'utf8');
  const [, json = ''] = /<script type="application\/json" id="inspection">(.*?)<\/script>/s.exec(page) ?? [];
  return documentSchema.parse(JSON.parse(json));
}

describe('limpet inspect --export', () => {
  it('writes the statecharts of the model as one file', async () => {
    const { machines } = await exported();
    expect(machines.map(({ id }) => id)).toEqual(['group', 'rule', 'member', 'router', 'entry']);
    const rule = machines.find(({ id }) => id === 'rule')!;
    const commands = rule.transitions.flatMap(({ actions }) => actions.filter(({ command }) => command));
    expect(new Set(commands.map(({ name }) => name))).toEqual(new Set(['putRule', 'removeRule']));
  });

  it('writes what limpet check found', async () => {
    const { stdout } = await limpet(['check', '--bug', 'line-set-compare', '-o', 'json']);
    const { messages, notes, initial } = await exported(await given('check.json', stdout));
    const { counterexample } = JSON.parse(stdout) as { counterexample: { length: number } };
    expect(messages.filter(({ kind }) => kind === 'step')).toHaveLength(counterexample.length);
    expect(notes).toEqual(['Does not hold: B1 in-force-is-true.']);
    expect(initial).toMatchObject({ router: 'absent' });
  });

  it('writes the machines that a module of anybody exports', async () => {
    const xstate = import.meta.resolve('xstate');
    const machine = `import { createMachine } from '${xstate}';
      export const door: unknown = createMachine({ id: 'door', initial: 'open', states: { open: { on: { CLOSE: 'shut' } }, shut: {} } });
      export const again = door;
      export const other = createMachine({ id: 'door' });
      export const none = 1;`;
    const { machines, notes } = await exported('--machine', await given('door.machine.ts', machine));
    expect(notes).toEqual([]);
    expect(machines.map(({ id, transitions }) => [id, transitions.length])).toEqual([
      ['door', 1],
      ['door (2)', 0],
    ]);
  });
});

describe('limpet inspect refuses', () => {
  it.each<[string, () => Promise<string[]>, string]>([
    [
      'a file that is not there',
      async () => ['nothing.json'],
      'limpet: USAGE: the file nothing.json: there is no such file; give another one',
    ],
    [
      'a file of something else',
      async () => [await given('x.json', '{}')],
      'this is no result that can be shown; give what',
    ],
    [
      'a module that is not there',
      async () => ['--machine', 'nothing.ts'],
      'limpet: USAGE: --machine nothing.ts: there is no such file',
    ],
    [
      'a module without machines',
      async () => ['--machine', await given('x.ts', 'export const x = 1;')],
      'it exports no machine of XState 5',
    ],
    [
      'a module that throws',
      async () => ['--machine', await given('y.ts', 'throw new Error("oh")')],
      'it cannot be loaded: oh; run it',
    ],
    ['a module and a file', async () => ['x.json', '--machine', 'y.ts'], 'leave out the file'],
    ['an input that is no JSON', async () => ['--machine', 'x.ts', '--input', '{'], '--input {: this is not JSON'],
    ['an input for the model', async () => ['--input', '{}'], '--input is for the machines of --machine'],
    ['a port for a file', async () => ['--port', '1234', '--export', 'x.html'], 'leave out --port'],
    [
      'a router without an agent',
      async () => ['--dir', folder],
      'limpet: AGENT_NOT_RUNNING: no agent drives the router in',
    ],
    [
      'a router and a file',
      async () => ['x.json', '--dir', folder],
      '--dir shows the agent of a router; leave out what',
    ],
    [
      'a file that cannot be written',
      async () => ['--export', folder],
      'it is a directory; name a file that you may write',
    ],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await limpet(['inspect', ...(await args())]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});

/** Starts a command that serves a page; resolves to its first line, and what ends it. */
async function serving(...args: string[]) {
  const child = spawn(process.execPath, [bin, 'inspect', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const end = async () => {
    child.kill('SIGINT');
    return once(child, 'exit');
  };
  return { line, end };
}

it('serves the page of a running agent', async () => {
  const page = new Map([['/', { type: 'text/html', content: Buffer.from('the page') }]]);
  const agent = await openAgent({ page: async () => page });
  try {
    await given('agent.json', JSON.stringify({ socket: agent.socket }));
    const { line, end } = await serving('--dir', folder);
    const [, address = '', what] = /^(http:\S+) shows (.*); Ctrl-C ends it$/.exec(line) ?? [];
    expect(what).toBe(`the agent on ${agent.socket}`);
    expect(await (await fetch(address)).text()).toBe('the page');
    expect(await (await fetch(`${address}document.json`)).json()).toMatchObject({ title: 'the router in /limpet' });
    expect(await end()).toEqual([0, null]);
  } finally {
    await agent.close();
  }
});

it('serves the page until Ctrl-C', async () => {
  const { line, end } = await serving();
  const address = /^(http:\/\/127\.0\.0\.1:\d+\/) shows Limpet's statecharts; Ctrl-C ends it$/.exec(line)?.[1];
  expect(address, line).toBeDefined();
  expect(await (await fetch(address!)).text()).toContain('<div id="root">');
  expect(await end()).toEqual([0, null]);
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentSchema } from '@limpet/inspection';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { limpet } from '../../testing/limpet.ts';
import { capture } from '../../testing/run-command.ts';
import { showDemo } from './show-demo.ts';

let folder: string;
let scenario: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-recording-'));
  scenario = join(folder, 'small.yaml');
  const group = (name: string, port: number): string =>
    `  - { name: ${name}, count: 1, members: 2, publicIp: 10.0.53.2, publicPort: ${port}, privatePort: 80, stickiness: none }`;
  const lines = [
    'name: small',
    'title: Small',
    'seed: 1',
    'router: { publicIps: [10.0.53.2] }',
    'groups:',
    group('a', 8100),
    group('b', 8101),
    'traffic: { clientsPerRule: 6, connectionsPerClient: 4, heldPerClient: 1 }',
    'deadlineMs: 0',
    'steps: [{ groups: { set: a }, do: [{ op: change, stickiness: SourceBased }] }]',
  ];
  await writeFile(scenario, lines.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

it('limpet simulate --record writes what limpet inspect shows, and the demo ends with it as a page', async () => {
  const file = join(folder, 'run.json');
  const { code, stderr } = await limpet(['simulate', scenario, '--router', 'memory', '--record', file]);
  expect([code, stderr]).toEqual([0, '']);
  const document = documentSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(document.title).toBe('small, driven by memory');
  expect(document.notes[0]).toContain('in force');
  const judged = document.messages.filter(({ kind }) => kind === 'verification');
  expect(judged).toMatchObject([{ verdict: 'holds' }]);

  const { context, result } = capture();
  await showDemo(file, false, context);
  const page = join(folder, 'run.html');
  expect(result.stdout).toBe(`${page} shows small, driven by memory; open it in a browser\n`);
  expect(await readFile(page, 'utf8')).toContain('"title":"small, driven by memory"');
});

it.each([
  [
    ['--record', '/nowhere/run.json'],
    '--record /nowhere/run.json: there is no such file; name a file that you may write',
  ],
  [['--replay', 'x.json', '--record', 'y.json'], 'takes no --record'],
])('limpet simulate refuses %j', async (args, message) => {
  const played = args.includes('--replay') ? [] : [scenario];
  const { code, stderr } = await limpet(['simulate', ...played, '--router', 'memory', ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

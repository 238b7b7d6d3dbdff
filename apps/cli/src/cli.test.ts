import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../bin/limpet.js', import.meta.url));

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

const limpet = (...args: string[]): Promise<Run> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });

let folder: string;
let small: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-cli-'));
  small = join(folder, 'small.yaml');
  const group = (name: string, port: number, stickiness: string): string =>
    `  - { name: ${name}, count: 1, members: 3, publicIp: 10.0.53.2, publicPort: ${port}, privatePort: 80, stickiness: ${stickiness} }`;
  const lines = [
    'name: small',
    'title: Small',
    'seed: 1',
    'router: { publicIps: [10.0.53.2] }',
    'groups:',
    group('a', 8100, 'none'),
    group('b', 8101, 'SourceBased'),
    'traffic: { clientsPerRule: 6, connectionsPerClient: 4, heldPerClient: 1 }',
    'deadlineMs: 0',
    'steps: [{ groups: { set: a }, do: [{ op: change, stickiness: SourceBased }] }]',
  ];
  await writeFile(small, lines.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('help', () => {
  it.each([[[]], [['--help']]])('is printed for %j', async (args) => {
    const { code, stdout, stderr } = await limpet(...args);
    expect(code).toBe(0);
    expect(stdout).toContain('simulate');
    expect(stdout).toContain("limpet help COMMAND shows a command's options and exit codes");
    expect(stderr).toBe('');
  });

  it('has the version', async () => {
    expect((await limpet('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('limpet simulate', () => {
  it('prints one JSON object with the keys that scripts read, and nothing else', async () => {
    const { code, stdout, stderr } = await limpet(
      'simulate',
      small,
      '--router',
      'haproxy',
      '--data-plane',
      'memory',
      '-o',
      'json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      'scenario',
      'router',
      'dataPlane',
      'changes',
      'changesInForce',
      'changesNotInForce',
      'changesInForceAfterWorkaround',
      'clients',
      'clientsMoved',
      'connections',
      'connectionsFailed',
      'connectionsDrained',
      'reloads',
      'runtimeOps',
      'vmsRecreated',
      'inForceMs',
      'seconds',
      'seed',
      'findings',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      scenario: 'small',
      router: 'haproxy',
      dataPlane: 'memory',
      changesInForce: 1,
    });
  });

  it('exits with 2 when a change is not in force, and says which', async () => {
    const { code, stdout } = await limpet('simulate', small, '--router', 'cloudstack', '--data-plane', 'memory');
    expect(code).toBe(2);
    expect(stdout).toContain('10.0.53.2:8100: expected one VM for each client');
    expect(stdout).toContain('1 of 1 changes are not in force');
  });

  it('takes the rules of a databag', async () => {
    const databag = fileURLToPath(new URL('../../simulator/databags/load_balancer.json', import.meta.url));
    const { code, stdout } = await limpet('simulate', '--router', 'memory', '--from', databag, '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ changes: 25, changesInForce: 25, dataPlane: 'memory' });
  });
});

describe('a mistake', () => {
  it.each([
    [
      ['simulate', 'cloudstack-9538'],
      'limpet: SCENARIO_NOT_FOUND: no scenario and no readable file called cloudstack-9538; did you mean cloudstack-9583?',
    ],
    [['simulate', '--from', '/nowhere.json'], 'limpet: DATABAG_NOT_FOUND: cannot read the databag /nowhere.json'],
    [['simulate', '--router', 'nginx'], 'limpet: USAGE: option'],
    [
      ['simulate', '--router', 'memory', '--data-plane', 'real'],
      'limpet: USAGE: --router memory has no real data plane',
    ],
    [['simulate', '--rooter', 'memory'], "limpet: USAGE: unknown option '--rooter' (Did you mean --router?)"],
    [['simulate', '--public-ip', '0.0.0.0'], '0.0.0.0 is none'],
    [
      ['conform', '--lanes', '100000'],
      "option '--lanes <n>' argument '100000' is invalid. It must be a whole number from 1 to 64",
    ],
    [
      ['conform', '--replay', 'x.json', '--bug', 'nope'],
      'limpet: USAGE: --replay plays what its file says; leave out --bug',
    ],
    [['conform', '--bug', 'nope'], 'limpet: USAGE: --bug: there is no bug of router haproxy called nope'],
    [['simulat'], "limpet: USAGE: unknown command 'simulat' (Did you mean simulate?)"],
  ])('%j is one line on stderr and exit code 1', async (args, message) => {
    const { code, stdout, stderr } = await limpet(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([expect.stringContaining(message), '']);
  });
});

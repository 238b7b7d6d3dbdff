import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/limpet.js', import.meta.url));

const storm = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, 'simulate', 'storm', ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });

const small = ['--rules', '5', '--members', '3', '--ops', '20', '--router', 'memory'];

it('prints the keys of a simulation and its own as JSON', async () => {
  const { code, stdout, stderr } = await storm(...small, '-o', 'json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    scenario: 'storm',
    router: 'memory',
    dataPlane: 'memory',
    rules: 5,
    members: 3,
    changes: 20,
    changesInForce: 20,
    clientsMoved: 0,
    connectionsFailed: 0,
    operations: { scaleUp: expect.any(Number), removeRule: expect.any(Number) },
    reloads: 0,
    reloadsWithoutBindBalanceCookie: 0,
    seed: 1,
    findings: [],
  });
});

it('says to people what it comes to, and exits with 2 when clients are disturbed', async () => {
  const { code, stdout } = await storm(
    '--rules',
    '6',
    '--ops',
    '20',
    '--router',
    'cloudstack',
    '--data-plane',
    'memory',
  );
  expect(code).toBe(2);
  expect(stdout).toMatch(/: expected .*; /);
  expect(stdout).toMatch(/cloudstack: \d+ of 20 operations are in force, \d+ clients of unchanged rules were moved/);
});

it.each([
  [['--ops', '0'], '--ops'],
  [['--members', '1'], 'It must be a whole number from 2 to 100.'],
  [['--router', 'memory', '--data-plane', 'real'], '--router memory has no real data plane'],
])('%j is one line on stderr and exit code 1', async (args, message) => {
  const { code, stdout, stderr } = await storm(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.split('\n')).toEqual([expect.stringContaining(message), '']);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command.ts';
import type { Context } from '../context.ts';
import { check } from './check.ts';
import { simulate } from './simulate.ts';

let directory: string;
let trace: string;

const run = async (command: (context: Context) => Promise<void>): Promise<string> => (await runCommand(command)).stdout;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'limpet-replay-'));
  trace = join(directory, 'trace.json');
  const flags = { groups: 2, members: 1, threads: 1, symmetry: true, bug: 'line-set-compare', output: 'json' } as const;
  await writeFile(trace, await run((context) => check(flags, context)));
});
afterAll(() => rm(directory, { recursive: true }));

it.each([
  ['cloudstack', true],
  ['haproxy', false],
] as const)(
  'the model finds apache/cloudstack#9583; on a real HAProxy driven by %s it happens: %s',
  async (router, happens) => {
    const flags = { replay: trace, router, dataPlane: 'real', output: 'json' } as const;
    const result = JSON.parse(await run((context) => simulate(undefined, flags, context)));
    expect(result).toMatchObject({ router, dataPlane: 'real', reproduced: happens, obstacle: null });
    if (happens) expect(result.finding).toMatchObject({ expected: 'one VM for each client' });
  },
);

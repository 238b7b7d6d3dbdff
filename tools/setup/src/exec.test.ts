import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { exec } from './exec.js';

const run = (script: string) => exec(process.execPath, ['-e', script]);

describe('exec', () => {
  it('keeps what is printed on both streams', async () => {
    expect(await run("console.log('out'); console.error('err'); process.exit(3)")).toEqual({
      code: 3,
      output: expect.stringMatching(/^(out\nerr|err\nout)\n$/),
    });
  });

  it('has the exit code of a shell for what a signal ended', async () => {
    expect((await run("process.kill(process.pid, 'SIGKILL')")).code).toBe(137);
  });

  it('rejects when there is no such program', async () => {
    await expect(exec('/nowhere/program', [])).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it('foreground passes SIGTERM on, and its exit code back', async () => {
  const inner = "process.on('SIGTERM', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000)";
  const outer = `
    const { foreground } = await import(${JSON.stringify(new URL('./exec.js', import.meta.url).href)});
    process.exitCode = await foreground(process.execPath, ['-e', ${JSON.stringify(inner)}]);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', outer], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([7, null]);
});

it('run.js says what it can do', async () => {
  const { code, output } = await exec(process.execPath, [new URL('./run.js', import.meta.url).pathname, 'dance']);
  expect(code).toBe(1);
  expect(output).toBe('set-up: SETUP_UNKNOWN_COMMAND: usage: run.js start|test [ARG...]\n');
});

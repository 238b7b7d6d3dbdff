/**
 * The init of a box: started by `runInBox` inside the new namespaces. See run-in-box.ts.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { exec, exitCode } from '../exec.ts';
import { LAB_ROOT } from '../paths.ts';
import { withSystemFolders } from '../tools.ts';
import { BOX_VARIABLE, boxIdentity } from './box-support.ts';
import { type BoxSignal, boxSignals, type InitReport } from './init-protocol.ts';

/** Temporary files of the command, on the box's tmpfs. */
const TEMPORARY = '/run/tmp';

async function mustRun(file: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await exec(file, args);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr.trim()}`);
}

async function prepare(): Promise<void> {
  process.env.PATH = withSystemFolders(process.env.PATH);
  await Promise.all([
    mustRun('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'limpet', '/run']),
    mustRun('ip', ['link', 'set', 'lo', 'up']),
  ]);
  mkdirSync(LAB_ROOT);
  mkdirSync(TEMPORARY);
  process.env.TMPDIR = TEMPORARY;
  process.env[BOX_VARIABLE] = boxIdentity();
}

function finish(report: InitReport): void {
  process.send?.(report, () => process.exit('code' in report ? report.code : 1));
}

function runCommand(file: string, args: readonly string[]): void {
  const command = spawn(file, args, { stdio: 'inherit' });
  command.on('error', (error) => {
    process.stderr.write(`${file}: ${error.message}\n`);
    finish({ code: 127 });
  });
  command.on('exit', (code, signal) => finish({ code: exitCode(code, signal) }));

  // Ctrl-C reaches everybody on the terminal: this process, the command, and the opener, who passes it on. The command
  // must not get it twice (a second SIGINT makes vitest give up at once), so one that came here directly cancels one passed on.
  const direct = new Set<BoxSignal>();
  for (const signal of boxSignals) process.on(signal, () => direct.add(signal));
  process.on('message', async (signal: BoxSignal) => {
    // A full turn of the event loop later: a direct signal that came first may be read only after the message.
    await nextTurn();
    await nextTurn();
    if (!direct.delete(signal)) command.kill(signal);
  });
}

// The opener is gone. When this process ends, so does pid 1, and the kernel ends all others.
process.on('disconnect', () => process.exit(1));
const [, , file = '', ...args] = process.argv;
prepare().then(
  () => runCommand(file, args),
  (error) => finish({ failure: `the box could not be prepared: ${String(error)}` }),
);

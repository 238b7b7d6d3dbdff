/**
 * A box: new process, mount and network namespaces around one command. All that the command starts dies with it, and
 * the box dies with the process that opened it, even by SIGKILL. The chain is
 *
 *     caller - setpriv - unshare - sh (pid 1) - init.ts - command
 *
 * - setpriv: the kernel kills unshare when the caller dies, and by `--kill-child` pid 1 with it. That works also while
 *   the box is stopped (Ctrl-Z).
 * - sh: pid 1 inherits orphans, such as the workers of a killed HAProxy master, and must reap them: a zombie
 *   still answers kill(pid, 0). Node waits only for children of its own; sh waits for any.
 * - init.ts: prepares the box, passes signals on, and ends when its IPC channel to the caller closes.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LabError } from '../errors.ts';
import { exitCode } from '../exec.ts';
import { checkBoxSupport, unshareFlags } from './box-support.ts';
import { type BoxSignal, boxSignals, type InitReport } from './init-protocol.ts';

const INIT = fileURLToPath(new URL('./init.ts', import.meta.url));
/** The `exit` keeps sh from replacing itself by the command. */
const REAP = '"$@"; exit $?';

/** How a box differs from its caller's surroundings. */
export interface BoxOptions {
  /** Working directory. @defaultValue the caller's */
  cwd?: string;
  /** Environment. @defaultValue the caller's */
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command in a new box with the caller's stdin, stdout and stderr. SIGINT, SIGTERM and SIGHUP are passed on
 * to it while it runs.
 *
 * @param argv - the program and its arguments
 * @returns the command's exit code: 128 + n when signal n ended it, 127 when there is no such program
 * @throws LabError `LAB_MISSING_TOOL` or `LAB_NO_NAMESPACES`; then the command has not been started
 *
 * @example
 * const code = await runInBox(['ip', 'address']);
 */
export async function runInBox(argv: readonly string[], options: BoxOptions = {}): Promise<number> {
  await checkBoxSupport();
  const init = ['sh', '-c', REAP, 'limpet-box', process.execPath, INIT, ...argv];
  const box = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...unshareFlags(), ...init], {
    ...options,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  let report: InitReport | undefined;
  box.on('message', (message: InitReport) => {
    report = message;
  });
  const forward = (signal: BoxSignal): void => {
    // The box may be ending; then there is no process to signal.
    if (box.connected) box.send(signal, () => {});
  };
  for (const signal of boxSignals) process.on(signal, forward);
  try {
    const ended = Promise.all([once(box, 'exit'), once(box, 'disconnect')]);
    const [[code, signal]] = (await ended) as [[number | null, NodeJS.Signals | null], unknown];
    if (report === undefined) return exitCode(code, signal);
    if ('failure' in report) throw new LabError('LAB_NO_NAMESPACES', report.failure);
    // Not the exit status of unshare: after Ctrl-C that one ends by SIGINT, whatever the command made of it.
    return report.code;
  } finally {
    for (const signal of boxSignals) process.off(signal, forward);
  }
}

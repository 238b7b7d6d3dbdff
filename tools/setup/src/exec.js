import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * @typedef {{ code: number; output: string }} Outcome Exit code (128 + signal when killed), stdout and stderr as one text.
 * @typedef {{ cwd?: string; env?: NodeJS.ProcessEnv }} ExecOptions
 * @typedef {(file: string, args: readonly string[], options?: ExecOptions) => Promise<Outcome>} Exec
 */

/**
 * Runs a program and keeps what it prints.
 * @type {Exec}
 */
export function exec(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: exitCode(code, signal), output }));
  });
}

/**
 * Runs a program in the foreground, with our terminal.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {ExecOptions} [options]
 * @returns {Promise<number>} its exit code, 128 + signal when it was killed
 */
export function foreground(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: 'inherit' });
    // Ctrl-C reaches the whole foreground group; the others are sent to one process only, so they are passed on.
    const wait = () => {};
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => child.kill(signal);
    process.on('SIGINT', wait).on('SIGTERM', passOn).on('SIGHUP', passOn);
    const forget = () => process.off('SIGINT', wait).off('SIGTERM', passOn).off('SIGHUP', passOn);
    child.once('error', (error) => {
      forget();
      reject(error);
    });
    child.once('close', (code, signal) => {
      forget();
      resolve(exitCode(code, signal));
    });
  });
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function exitCode(code, signal) {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

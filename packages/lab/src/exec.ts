import { type ChildProcess, spawn as spawnProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';

/** What a finished program left: its exit code (128 + n when signal n ended it) and its output. */
export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. Rejects only when it cannot be started. */
export type Exec = (file: string, args: readonly string[], options?: { input?: string }) => Promise<ExecResult>;

/** Starts a program and does not wait for it. */
export type Spawn = (file: string, args: readonly string[]) => ChildProcess;

/** The exit code that a shell would show. */
export function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** {@link Exec} in the namespaces of the caller. */
export const exec: Exec = async (file, args, options = {}) => {
  const child = spawnProcess(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  // A program may end without reading its input; its exit code tells what came of it.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code: exitCode(code, signal), stdout, stderr };
};

import type { Context } from '../src/context.ts';

/** The result of a command. */
export interface Run {
  code: number | undefined;
  stdout: string;
}

/** A context that records what a command prints, and its exit code. */
export function capture(): { context: Context; result: Run } {
  const result: Run = { code: undefined, stdout: '' };
  const context: Context = {
    args: [],
    stdout: (text) => {
      result.stdout += text;
    },
    stderr: process.stderr,
    exit: (code) => {
      result.code = code;
    },
  };
  return { context, result };
}

/** Runs a command, and returns its result. */
export async function runCommand(command: (context: Context) => void | Promise<void>): Promise<Run> {
  const { context, result } = capture();
  await command(context);
  return result;
}

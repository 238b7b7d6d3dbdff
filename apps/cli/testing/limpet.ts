import type { Exec, ExecResult } from '@limpet/lab';
import { createProgram } from '../src/command-line/program.ts';
import { describeError } from '../src/output/describe-error.ts';

/**
 * `limpet` in this process: a start of Node takes longer than most commands.
 *
 * @param exec runs the programs of the router's machine
 */
export async function limpet(args: readonly string[], exec?: Exec): Promise<ExecResult> {
  const ran: ExecResult = { code: 0, stdout: '', stderr: '' };
  const program = createProgram({
    args,
    stdout: (text) => {
      ran.stdout += text;
    },
    stderr: process.stderr,
    exit: (code) => {
      ran.code = code;
    },
    ...(exec && { exec }),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return { ...ran, code: 1, stderr: describeError(error, false) };
  }
  return ran;
}

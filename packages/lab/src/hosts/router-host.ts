/**
 * The process that runs programs in the router's namespace. To start a program, Node copies the page tables of its own
 * process (`fork`), and nothing else goes on meanwhile: tens of milliseconds for a test with a large heap, and few for
 * this one.
 *
 * @module
 */
import { type ExecResult, exec } from '../exec.ts';
import { serve } from './host-serve.ts';

/** A program, its arguments and its input. */
export interface Program {
  file: string;
  args: readonly string[];
  input?: string | undefined;
}

/** What the host of the router's programs does. */
export interface Programs {
  /** Runs a program to its end; exit code 127, as of a shell, when it cannot be started. */
  run(program: Program): Promise<ExecResult>;
}

/** Exit code of a shell for a program that is not there. */
const NOT_STARTED = 127;

async function run({ file, args, input = '' }: Program): Promise<ExecResult> {
  try {
    return await exec(file, args, { input });
  } catch (error) {
    return { code: NOT_STARTED, stdout: '', stderr: `${file}: ${(error as Error).message}` };
  }
}

serve<Programs>({ run });

import type { WriteStream } from 'node:tty';
import type { Exec } from '@limpet/lab';

/** What a command needs from the process that runs it. */
export interface Context {
  /** The arguments after `limpet`. */
  args: readonly string[];
  /** Prints the result. Everything else goes to stderr. */
  stdout: (text: string) => void;
  stderr: WriteStream;
  /** Sets the exit code, with which the process ends when the command returns. */
  exit: (code: number) => void;
  /** Runs the programs of the router's machine. Default: in the namespaces of this process. */
  exec?: Exec;
}

/** How a result is printed. */
export type OutputFormat = 'json' | 'table';

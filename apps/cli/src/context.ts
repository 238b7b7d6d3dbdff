import type { WriteStream } from 'node:tty';

/** What a command works with. */
export interface Context {
  /** The arguments after `limpet`. */
  args: readonly string[];
  /** For the result, and nothing else. */
  stdout: (text: string) => void;
  stderr: WriteStream;
  exit: (code: number) => void;
}

/** How a result is printed. */
export type OutputFormat = 'json' | 'table';

import { readFile } from 'node:fs/promises';
import { CliError } from '../errors.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'you may not read it',
};

/** Says in words why a file cannot be read; the system's message for a code that has no words here. */
export function whyUnreadable(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return PROBLEMS[code] ?? message;
}

/**
 * Reads a file that was named on the command line.
 *
 * @param name the option that named it, such as `--replay`
 * @param remedy what to give instead, for the message
 * @throws CliError `USAGE` that names the option and the file
 */
export async function readInputFile(name: string, file: string, remedy: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('USAGE', `${name} ${file}: ${whyUnreadable(error)}; ${remedy}`);
  }
}

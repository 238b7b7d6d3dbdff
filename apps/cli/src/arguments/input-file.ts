import { readFile } from 'node:fs/promises';
import { CliError } from '../errors.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'you may not read it',
};

/** Why a file cannot be read, in words. */
export function whyUnreadable(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return PROBLEMS[code] ?? message;
}

/**
 * Reads a file that was named on the command line.
 *
 * @param name what it was given as, such as `--replay`
 * @param remedy what to give instead
 * @throws CliError `USAGE`
 */
export async function readInputFile(name: string, file: string, remedy: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('USAGE', `${name} ${file}: ${whyUnreadable(error)}; ${remedy}`);
  }
}

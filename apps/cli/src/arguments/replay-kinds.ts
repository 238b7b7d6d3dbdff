import { CliError } from '../errors.ts';

/** The files that `--replay` of `conform` and of `simulate` take, each told by a field that only its kind has. */
const KINDS = {
  conform: { field: 'moves', what: 'a path of limpet conform', command: 'limpet conform --replay' },
  simulate: { field: 'counterexample', what: 'a run of limpet check', command: 'limpet simulate --replay' },
} as const;

/**
 * Refuses a file that the other command's `--replay` takes. The parser reports any other mistake in the file.
 *
 * @throws CliError `USAGE` that has the command for the file
 */
export function refuseFileOfOther(wanted: keyof typeof KINDS, text: string, file: string): void {
  const { field, what, command } = KINDS[wanted === 'conform' ? 'simulate' : 'conform'];
  if (has(text, field) && !has(text, KINDS[wanted].field))
    throw new CliError('USAGE', `--replay ${file}: this is ${what}; play it with ${command} ${file}`);
}

function has(text: string, field: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && field in value;
  } catch {
    return false;
  }
}

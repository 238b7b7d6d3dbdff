import { CliError } from '../errors.ts';

/** What `--replay` of two commands takes, by a field that only files of that kind have. */
const KINDS = {
  conform: { field: 'moves', what: 'a path of limpet conform', command: 'limpet conform --replay' },
  simulate: { field: 'counterexample', what: 'a run of limpet check', command: 'limpet simulate --replay' },
} as const;

/**
 * Refuses a file that is for the other command's `--replay`; any other mistake is for the parser to tell.
 *
 * @throws CliError `USAGE`
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

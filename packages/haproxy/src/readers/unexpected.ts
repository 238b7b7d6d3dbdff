import { HaproxyError } from '../errors.ts';

/** The error for an answer that is not what the command answers with: mostly HAProxy's complaint. */
export function unexpected(command: string, text: string): HaproxyError {
  const first = text.trimStart().split('\n')[0]!;
  return new HaproxyError(
    'HAPROXY_UNEXPECTED_OUTPUT',
    `"${command}" answered ${JSON.stringify(first)}, which is not what HAProxy says`,
  );
}

/** The lines that are not blank. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

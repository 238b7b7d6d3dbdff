import { HaproxyError } from '../errors.ts';

/**
 * The request buffer of HAProxy is 16,384 bytes (tune.bufsize): of a longer line a part may be carried out before the
 * connection is reset.
 */
export const maxRequest = 16_000;

/**
 * One argument of a CLI command. Whatever would end the argument or the command, or begin a payload, is refused.
 *
 * @throws HaproxyError `HAPROXY_CLI_ARGUMENT`.
 */
export function cliArgument(value: string | number): string {
  const word = String(value);
  if (!/^[!-~]+$/.test(word) || /[;\\]|<</.test(word)) {
    throw new HaproxyError(
      'HAPROXY_CLI_ARGUMENT',
      `${JSON.stringify(word)} cannot be an argument on HAProxy's CLI: use printable ASCII without blank, ";", "\\" and "<<"`,
    );
  }
  return word;
}

/**
 * A command of checked arguments.
 *
 * @example
 * cliCommand('set', 'map', '/run/limpet/stick.map', '10_0_53_2-8080', 'source');
 */
export function cliCommand(...words: readonly (string | number)[]): string {
  return words.map(cliArgument).join(' ');
}

/** Refuses what is not exactly one command on one line. */
export function checkCommand(command: string): void {
  const problem =
    command.trim() === ''
      ? 'it is empty'
      : /[\r\n\0]/.test(command)
        ? 'it holds a line break'
        : /;|<</.test(command)
          ? 'it holds ";" or "<<"'
          : Buffer.byteLength(command) > maxRequest
            ? `it is longer than ${maxRequest} bytes`
            : undefined;
  if (problem === undefined) return;
  throw new HaproxyError(
    'HAPROXY_CLI_ARGUMENT',
    `"${command.slice(0, 80)}" is not one command for HAProxy's CLI: ${problem}`,
  );
}

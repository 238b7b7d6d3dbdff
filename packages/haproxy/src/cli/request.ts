import { HaproxyError } from '../errors.ts';
import { checkCommand, maxRequest } from './argument.ts';

/** A command that is followed by a text, as `set ssl cert FILE`, `set map FILE`, `add acl FILE`. */
export interface PayloadCommand {
  /** Without the `<<` at its end. */
  command: string;
  /** One or more lines, none of them blank: a blank line ends a payload. */
  payload: string;
}

/** What a batch is made of. */
export type CliRequest = string | PayloadCommand;

/** The command of a request, for messages. */
export const commandOf = (request: CliRequest): string => (typeof request === 'string' ? request : request.command);

/**
 * The text of a request as it goes over the socket.
 *
 * @throws HaproxyError `HAPROXY_CLI_ARGUMENT`.
 */
export function requestText(request: CliRequest): string {
  checkCommand(commandOf(request));
  if (typeof request === 'string') return `${request}\n`;
  const text = `${request.command} <<\n${request.payload.replace(/\n+$/, '')}\n\n`;
  const problem =
    request.payload.trim() === ''
      ? 'it is empty'
      : /^[ \t\r]*$/m.test(request.payload.replace(/\n+$/, ''))
        ? 'a blank line would end it; take the blank lines out'
        : request.payload.includes('\0')
          ? 'it holds a NUL'
          : Buffer.byteLength(text) > maxRequest
            ? `with its command it is longer than ${maxRequest} bytes`
            : undefined;
  if (problem === undefined) return text;
  throw new HaproxyError('HAPROXY_CLI_ARGUMENT', `the payload of "${request.command}" cannot be sent: ${problem}`);
}

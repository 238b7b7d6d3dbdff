import { HaproxyError } from '../errors.ts';
import { checkCommand } from './argument.ts';
import { converse } from './conversation.ts';

/**
 * The CLI of the master (`haproxy -W -S`): processes, and any worker by `@!PID`.
 *
 * One command a connection; connections may run side by side.
 */
export class MasterClient {
  readonly #socketPath: string;
  readonly #timeoutMs: number;

  /** @param options.timeoutMs Milliseconds of silence after which a command is given up; 10 s. */
  constructor(options: { socketPath: string; timeoutMs?: number }) {
    this.#socketPath = options.socketPath;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
  }

  /**
   * Runs one command: `show proc`, `@!123 show sess` ... Returns its answer without the line breaks at its end.
   *
   * @throws HaproxyError `HAPROXY_CLI_ARGUMENT`, `HAPROXY_CLI_UNREACHABLE`, `HAPROXY_CLI_TIMEOUT`,
   * `HAPROXY_CLI_TRUNCATED` when the connection broke within the answer.
   */
  async run(command: string): Promise<string> {
    checkCommand(command);
    // The master keeps the connection open until it reads a FIN.
    const reply = await converse({
      socketPath: this.#socketPath,
      request: `${command}\n`,
      halfClose: true,
      timeoutMs: this.#timeoutMs,
    });
    if (reply.reset || !reply.text.endsWith('\n')) {
      throw new HaproxyError(
        'HAPROXY_CLI_TRUNCATED',
        `the master's answer to "${command}" on ${this.#socketPath} broke off; is the process that it is for still there?`,
      );
    }
    return reply.text.replace(/\n+$/, '');
  }
}

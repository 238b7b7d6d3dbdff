import { HaproxyError } from '../errors.ts';
import { checkCommand } from './argument.ts';
import { runBatch } from './batch.ts';
import { converse, type Reply } from './conversation.ts';

/** `pcli_write_prompt` in src/cli.c: the first prompt has no line break before it. */
const prompt = /(?:^|\n)master> /;

const isGone = /^Can't find the target .*\n/;

/**
 * The CLI of the master (`haproxy -W -S`): processes, and any worker by `@!PID`.
 *
 * One connection a call; calls may run side by side.
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
    const { text, ending } = command.startsWith('@') ? await this.#askWorker(command) : await this.#askMaster(command);
    if (ending === 'silent') {
      throw new HaproxyError(
        'HAPROXY_CLI_TIMEOUT',
        `the master said nothing on ${this.#socketPath} for ${this.#timeoutMs} ms after "${command}"; what was asked may or may not be in force: read it back`,
      );
    }
    if (ending === 'reset' || !text.endsWith('\n')) {
      throw new HaproxyError(
        'HAPROXY_CLI_TRUNCATED',
        `the master's answer to "${command}" on ${this.#socketPath} broke off; is the process that it is for still there?`,
      );
    }
    return text.replace(/\n+$/, '');
  }

  /** The master keeps the connection open until it reads a FIN. */
  #askMaster(command: string): Promise<Reply> {
    return this.#converse(`${command}\n`, true);
  }

  /**
   * Never with a FIN: of a worker that is ending, the master would not answer, and keep the connection for good. After ten
   * of them its CLI takes no more, until a reload re-executes it (seen with 2.6.12; `mworker_cli_proxy_create` in src/cli.c
   * has `maxconn` 10).
   */
  async #askWorker(command: string): Promise<Reply> {
    const { text, ending } = await this.#converse(`prompt\n${command}\nquit\n`, false);
    const [answer, ...rest] = text.split(prompt).slice(1);
    if (answer === undefined) return { text: '', ending };
    // The master hangs up when the worker has gone, without another prompt, and says so unless it is just going.
    const isWhole = rest.length > 0 || isGone.test(answer);
    return isWhole ? { text: `${answer}\n`, ending: 'closed' } : { text: '', ending };
  }

  #converse(request: string, halfClose: boolean): Promise<Reply> {
    return converse({ socketPath: this.#socketPath, request, halfClose, timeoutMs: this.#timeoutMs });
  }

  /**
   * Runs many commands in order over one connection, as {@link RuntimeClient.run} does. A command to a worker that has
   * gone ends the conversation: the master hangs up, and the error has the answers before it.
   *
   * @throws HaproxyError `HAPROXY_CLI_ARGUMENT` (nothing was sent), `HAPROXY_CLI_UNREACHABLE`,
   * `HAPROXY_UNEXPECTED_OUTPUT`.
   * @throws PartialBatchError `HAPROXY_CLI_TIMEOUT`, `HAPROXY_CLI_TRUNCATED`.
   */
  batch(commands: readonly string[]): Promise<string[]> {
    return runBatch({ socketPath: this.#socketPath, timeoutMs: this.#timeoutMs }, commands, prompt);
  }
}

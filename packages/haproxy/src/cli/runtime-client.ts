import { HaproxyError } from '../errors.ts';
import { checkCommand } from './argument.ts';
import { converse } from './conversation.ts';

/** What ends an answer in interactive mode (src/cli.c, CLI_ST_PROMPT). */
const prompt = '\n> ';

/**
 * The CLI of the current worker, behind `stats socket`.
 *
 * One connection a batch: a kept one would go on talking to the old worker after a reload. The batch is pipelined in
 * interactive mode, where a prompt ends each answer: answers hold blank lines of their own (`show sess`, `show table`).
 */
export class RuntimeClient {
  readonly #socketPath: string;
  readonly #timeoutMs: number;

  /** @param options.timeoutMs Milliseconds of silence after which a batch is given up; 10 s. */
  constructor(options: { socketPath: string; timeoutMs?: number }) {
    this.#socketPath = options.socketPath;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
  }

  /**
   * Runs commands in order, and returns an answer each, without the line breaks at its end. An answer may be
   * HAProxy's complaint ("No such server."): the words of a failure differ by command, and are the caller's to judge.
   *
   * @throws HaproxyError `HAPROXY_CLI_ARGUMENT` (nothing was sent), `HAPROXY_CLI_UNREACHABLE`, `HAPROXY_CLI_TIMEOUT`,
   * `HAPROXY_CLI_TRUNCATED`: only a part of the batch was answered.
   */
  async run(commands: readonly string[]): Promise<string[]> {
    for (const command of commands) checkCommand(command);
    if (commands.length === 0) return [];
    const { text } = await converse({
      socketPath: this.#socketPath,
      request: ['prompt', ...commands, 'quit', ''].join('\n'),
      halfClose: false,
      timeoutMs: this.#timeoutMs,
    });
    // The first prompt answers `prompt`; what follows the last one answers `quit`: a line break.
    const answers = text.split(prompt).slice(1, -1);
    if (answers.length !== commands.length) {
      throw new HaproxyError(
        'HAPROXY_CLI_TRUNCATED',
        `HAProxy gave ${answers.length} answers to ${commands.length} commands on ${this.#socketPath}, the last to "${commands[answers.length - 1] ?? 'prompt'}"; what was asked after it may or may not be in force: read it back`,
      );
    }
    return answers.map((answer) => answer.replace(/\n+$/, ''));
  }
}

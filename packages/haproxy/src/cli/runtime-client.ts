import { runBatch } from './batch.ts';
import type { CliRequest } from './request.ts';

/** CLI_ST_PROMPT in src/cli.c. */
const prompt = /\n> /;

/**
 * The CLI of the current worker, behind `stats socket`.
 *
 * One connection a batch: a kept one would go on talking to the old worker after a reload. Clients and batches may run
 * side by side.
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
   * @throws HaproxyError `HAPROXY_CLI_ARGUMENT` (nothing was sent), `HAPROXY_CLI_UNREACHABLE`,
   * `HAPROXY_UNEXPECTED_OUTPUT`.
   * @throws PartialBatchError `HAPROXY_CLI_TIMEOUT`, `HAPROXY_CLI_TRUNCATED`: only a part of the batch was answered.
   */
  run(requests: readonly CliRequest[]): Promise<string[]> {
    return runBatch({ socketPath: this.#socketPath, timeoutMs: this.#timeoutMs }, requests, prompt);
  }
}

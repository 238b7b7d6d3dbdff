import type { Socket } from 'node:net';
import { HaproxyError } from '../errors.ts';
import { checkCommand } from './argument.ts';
import { connectUnix } from './conversation.ts';

/** What ends an answer in interactive mode (src/cli.c, CLI_ST_PROMPT). */
const prompt = '\n> ';

/** Otherwise silence of 10 s, `stats timeout`, would end the conversation. Seconds; HAProxy's limit is 2^31 ms. */
const patience = 'set timeout cli 2147483';

/**
 * A conversation with one worker that goes on over reloads. A worker that was told to stop ends when its last connection
 * does, and this is one of them (measured on 2.6.12): what the worker counts can be read to the end.
 */
export interface PinnedWorker {
  readonly pid: number;
  /**
   * Runs commands in order, and returns an answer each.
   *
   * @throws HaproxyError `HAPROXY_CLI_ARGUMENT`; `HAPROXY_CLI_TRUNCATED` when the worker is gone, or silent.
   */
  run(commands: readonly string[]): Promise<string[]>;
  release(): void;
}

/**
 * Holds on to the worker that listens on the socket.
 *
 * @param timeoutMs Milliseconds that an answer may take; 10 s.
 * @throws HaproxyError `HAPROXY_CLI_UNREACHABLE`, `HAPROXY_CLI_TRUNCATED`.
 */
export async function pinWorker(socketPath: string, timeoutMs = 10_000): Promise<PinnedWorker> {
  const socket = await connectUnix(socketPath, timeoutMs);
  const talk = new Talk(socket, socketPath, timeoutMs);
  try {
    const [, , info = ''] = await talk.run(['prompt', patience, 'show info']);
    const pid = Number(/^Pid: (\d+)$/m.exec(info)?.[1]);
    return { pid, run: (commands) => talk.run(commands), release: () => socket.destroy() };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

class Talk {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #timeoutMs: number;
  #text = '';
  #changed: () => void = () => {};
  #last: Promise<unknown> = Promise.resolve();

  constructor(socket: Socket, name: string, timeoutMs: number) {
    this.#socket = socket;
    this.#name = name;
    this.#timeoutMs = timeoutMs;
    socket.unref(); // a process that waits for nothing else may end
    socket.on('data', (chunk) => {
      this.#text += chunk;
      this.#changed();
    });
    for (const ending of ['end', 'error', 'close']) {
      socket.on(ending, () => {
        socket.destroy();
        this.#changed();
      });
    }
  }

  run(commands: readonly string[]): Promise<string[]> {
    for (const command of commands) checkCommand(command);
    const answers = this.#last.then(() => this.#ask(commands));
    this.#last = answers.catch(() => {});
    return answers;
  }

  async #ask(commands: readonly string[]): Promise<string[]> {
    const socket = this.#socket;
    this.#text = '';
    socket.ref();
    let late: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          socket.destroy();
          const message = `the conversation with a worker on ${this.#name} broke off: ${why}`;
          reject(new HaproxyError('HAPROXY_CLI_TRUNCATED', message));
        };
        this.#changed = () => {
          const answers = this.#text.endsWith(prompt) ? this.#text.split(prompt).slice(0, -1) : [];
          if (answers.length === commands.length) resolve(answers.map((answer) => answer.replace(/\n+$/, '')));
          else if (socket.destroyed) fail('the worker has ended');
        };
        late = setTimeout(() => fail(`no answer for ${this.#timeoutMs} ms`), this.#timeoutMs);
        if (socket.destroyed) fail('the worker has ended');
        else socket.write(commands.map((command) => `${command}\n`).join(''));
      });
    } finally {
      clearTimeout(late);
      this.#changed = () => {};
      socket.unref();
    }
  }
}

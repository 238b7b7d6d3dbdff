import { connect, type Socket } from 'node:net';
import { question, readReply } from '../traffic/reply.ts';
import type { Answer, Ask } from '../traffic/traffic.ts';

const ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
};

/** The name under which a client reports a socket error; what it does not know keeps the system's name. */
export function classify(error: NodeJS.ErrnoException): string {
  return ERRORS[error.code ?? ''] ?? error.code ?? error.message;
}

/** One connection of a client. After any failure it is closed for good: a late answer must not pass for the next one. */
export class ClientConnection {
  readonly #ask: Ask;
  readonly #timeoutMs: number;
  readonly #socket: Socket;
  #input = '';
  #settle: ((answer: Answer) => void) | undefined;
  #lastAnswer: Promise<Answer> | undefined;
  #closed = false;

  constructor(ask: Ask, timeoutMs: number) {
    this.#ask = ask;
    this.#timeoutMs = timeoutMs;
    this.#socket = connect({ host: ask.ip, port: ask.port, localAddress: ask.client, noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#fail(classify(error)));
    this.#socket.on('close', () => this.#fail('closed'));
  }

  /** Asks which VM is there, after all earlier questions on this connection. */
  ask(): Promise<Answer> {
    // The first question goes out in the tick of the connect, so that it hears of an error which the connect had at once.
    this.#lastAnswer = this.#lastAnswer?.then(() => this.#askNow()) ?? this.#askNow();
    return this.#lastAnswer;
  }

  /** Ends the connection. */
  close(): void {
    this.#closed = true;
    this.#socket.end();
    this.#socket.destroy();
  }

  #askNow(): Promise<Answer> {
    if (this.#closed) return Promise.resolve({ ok: false, error: 'closed' });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#fail('timeout'), this.#timeoutMs);
      this.#settle = (answer) => {
        clearTimeout(timer);
        this.#settle = undefined;
        resolve(answer);
      };
      this.#socket.write(question(this.#ask));
    });
  }

  #receive(chunk: string): void {
    this.#input += chunk;
    const reply = readReply(this.#ask.protocol, this.#input);
    if (reply === undefined) return;
    if (!reply.answer.ok) {
      this.#fail(reply.answer.error);
    } else if (this.#settle === undefined || reply.rest !== '') {
      // More than was asked for: it would be taken for the next answer.
      this.#fail('garbled');
    } else {
      this.#input = '';
      this.#settle(reply.answer);
    }
  }

  #fail(error: string): void {
    const settle = this.#settle;
    this.close();
    settle?.({ ok: false, error });
  }
}

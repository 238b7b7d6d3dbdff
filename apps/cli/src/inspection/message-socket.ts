/**
 * Messages of a run from the process that plays it to the one that shows it: a line of JSON each, over a unix socket, which
 * also leads out of a sandbox's network.
 *
 * @module
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Message, parseMessage } from '@limpet/inspection';

/** Takes the messages of one process after the other. */
export interface MessageReceiver {
  /** The path of the socket. */
  readonly socket: string;
  /** Resolves when all that was sent has been taken. */
  close(): Promise<void>;
}

/** Listens for messages. @param take called with each, in their order */
export async function receiveMessages(take: (message: Message) => void): Promise<MessageReceiver> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-run-'));
  const socket = join(folder, 'messages.sock');
  const server = createServer((connection) => {
    connection.on('error', () => {});
    createInterface(connection).on('line', (line) => take(parseMessage(line)));
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    socket,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/** Sends messages. */
export interface MessageSender {
  send(message: Message): void;
  /** Resolves when all of them are on their way. */
  close(): Promise<void>;
}

/** @param socket where they are received. @throws Error when nobody listens there */
export async function sendMessages(socket: string): Promise<MessageSender> {
  const connection = connect(socket);
  await once(connection, 'connect');
  // The process that shows the run may end first; the run goes on.
  connection.on('error', () => {});
  return {
    send: (message) => void connection.write(`${JSON.stringify(message)}\n`),
    async close() {
      connection.end();
      await once(connection, 'close');
    },
  };
}

import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InspectorError } from '../errors.ts';

/** A page that is served. */
export interface ServedPage {
  /** Such as `http://127.0.0.1:43121/`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Lets a server listen on 127.0.0.1.
 *
 * @param port 0: one that is free
 * @throws InspectorError `INSPECTOR_PORT_TAKEN`
 */
export async function listenOnLoopback(server: Server, port: number): Promise<ServedPage> {
  const taken = await new Promise<number>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const message = `port ${port} of 127.0.0.1 cannot be had; choose another one, or none`;
      reject(isTaken ? new InspectorError('INSPECTOR_PORT_TAKEN', message, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  return {
    address: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Whether a request names this server as 127.0.0.1 or localhost: another site's page could otherwise read it through a name
 * that resolves to 127.0.0.1.
 */
export function isAskedByName({ headers: { host }, socket }: IncomingMessage): boolean {
  const port = portOf(socket);
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** What is answered to a request that names another host. */
export const askByName = ({ socket }: IncomingMessage): string => `ask for http://127.0.0.1:${portOf(socket)}/\n`;

const portOf = (socket: IncomingMessage['socket']): number => (socket.address() as AddressInfo).port;

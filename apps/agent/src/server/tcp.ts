import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { createAdaptorServer } from '@hono/node-server';
import { AgentError } from '../errors.ts';
import { type Answer, type ApiServer, closeServer, hostname, limit, timeLimits } from './http-server.ts';
import { readToken, requireToken } from './token.ts';

/** Where and for whom the API is served over TCP. */
export interface TcpOptions {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** Clients must show the token in this file. */
  tokenFile?: string | undefined;
  tls?:
    | {
        certificate: string;
        key: string;
        /** Clients must have a certificate that one of these has signed. */
        clientCa?: string | undefined;
      }
    | undefined;
}

/**
 * Serves over TCP, only to clients that show a token or a certificate; to whichever is asked for.
 *
 * @param refused told why a request was refused
 * @throws AgentError `AGENT_CREDENTIALS_UNUSABLE`, `AGENT_SOCKET_UNUSABLE`
 */
export async function serveTcp(
  answer: Answer,
  { host, port, tokenFile, tls }: TcpOptions,
  refused: (why: string) => void,
): Promise<ApiServer & { port: number }> {
  if (tokenFile === undefined && tls?.clientCa === undefined) {
    throw new AgentError('AGENT_CREDENTIALS_UNUSABLE', ['tcp: give tokenFile, tls.clientCa, or both']);
  }
  if (tokenFile !== undefined) await readToken(tokenFile);
  const fetch = tokenFile === undefined ? answer : requireToken(answer, tokenFile, refused);
  const server = createAdaptorServer(
    tls === undefined
      ? { fetch, hostname, createServer, serverOptions: timeLimits }
      : {
          fetch,
          hostname,
          createServer: createTlsServer,
          serverOptions: { ...timeLimits, ...(await tlsOptions(tls)) },
        },
  ) as Server;
  limit(server);
  server.on('tlsClientError', (error: Error, { authorizationError }: TLSSocket) => {
    // Node ends such a connection itself, so that its error is a socket that hung up.
    refused(authorizationError ? `TLS: the client's certificate: ${authorizationError}` : `TLS: ${error.message}`);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve);
    });
  } catch (cause) {
    const said = (cause as Error).message;
    throw new AgentError('AGENT_SOCKET_UNUSABLE', [`tcp.listen: ${said}; give another address and port`], { cause });
  }
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

/** @throws AgentError `AGENT_CREDENTIALS_UNUSABLE` */
async function tlsOptions({ certificate, key, clientCa }: NonNullable<TcpOptions['tls']>): Promise<ServerOptions> {
  const read = (path: string, name: string): Promise<string> =>
    readFile(path, 'utf8').catch((cause: Error) => {
      throw unusable(`tcp.tls.${name}: cannot read ${path}: ${cause.message}; give another file`, cause);
    });
  const options: ServerOptions = {
    minVersion: 'TLSv1.2',
    cert: await read(certificate, 'certificate'),
    key: await read(key, 'key'),
    ...(clientCa !== undefined && {
      ca: certificatesIn(await read(clientCa, 'clientCa'), clientCa),
      requestCert: true,
      rejectUnauthorized: true,
    }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    const said = (cause as Error).message;
    throw unusable(`tcp.tls: ${certificate} and ${key} are no certificate and its key (${said}); give others`, cause);
  }
  return options;
}

/** OpenSSL takes a text without any, and nobody is let in. @throws AgentError `AGENT_CREDENTIALS_UNUSABLE` */
function certificatesIn(text: string, path: string): string {
  try {
    new X509Certificate(text);
    return text;
  } catch (cause) {
    throw unusable(`tcp.tls.clientCa: ${path} does not begin with a certificate as PEM; give another file`, cause);
  }
}

const unusable = (message: string, cause: unknown): AgentError =>
  new AgentError('AGENT_CREDENTIALS_UNUSABLE', [message], { cause });

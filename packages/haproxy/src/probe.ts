import type { Socket } from 'node:net';
import { isIPv4 } from 'node:net';
import { connectUnix } from './cli/conversation.ts';
import { HaproxyError } from './errors.ts';

/** A synthetic connection, open until `close`. */
export interface ProbeConnection {
  close(): void;
}

/** TEST-NET-1 (RFC 5737): an address that no rule has. */
const destination = '192.0.2.254';
const timeoutMs = 5_000;

/**
 * Plays a client of a rule: connects to a `bind unix@PATH accept-proxy` and claims a source address by the PROXY
 * protocol, version 1 (doc/proxy-protocol.txt). HAProxy chooses a server, and stores the choice in the stick table, as
 * for a client on the wire. A server that closes is no error.
 *
 * Resolves when the line is sent (tcp: the choice follows at once, but not before this resolves), or when the answer to
 * a HEAD request has come (http).
 *
 * @throws HaproxyError `HAPROXY_CLI_UNREACHABLE`, `HAPROXY_PROBE_FAILED`.
 */
export async function openProbe(
  socketPath: string,
  source: string,
  protocol: 'tcp' | 'http',
): Promise<ProbeConnection> {
  if (!isIPv4(source)) {
    throw new HaproxyError('HAPROXY_PROBE_FAILED', `"${source}" is not an IPv4 address that a probe could claim`);
  }
  const socket = await connectUnix(socketPath, timeoutMs);
  socket.on('error', () => socket.destroy());
  const request = `PROXY TCP4 ${source} ${destination} 40000 80\r\n`;
  if (protocol === 'tcp') await send(socket, request);
  else await ask(socket, `${request}HEAD / HTTP/1.1\r\nHost: ${destination}\r\nConnection: keep-alive\r\n\r\n`);
  // Unread data would hold back the other side's FIN.
  socket.resume();
  return { close: () => socket.destroy() };
}

function send(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.write(request, () => resolve());
  });
}

async function ask(socket: Socket, request: string): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      late = setTimeout(() => {
        socket.destroy();
        const message = `no answer to a probe for ${timeoutMs} ms; does any server of the rule answer?`;
        reject(new HaproxyError('HAPROXY_PROBE_FAILED', message));
      }, timeoutMs);
      let head = '';
      socket.on('data', (chunk) => {
        head = (head + chunk.toString('latin1')).slice(-8192);
        if (head.includes('\r\n\r\n')) resolve();
      });
      socket.once('end', resolve);
      socket.once('close', () => resolve());
      socket.write(request);
    });
  } finally {
    clearTimeout(late);
  }
}

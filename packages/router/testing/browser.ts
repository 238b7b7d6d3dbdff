import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Lab } from '@limpet/lab';

/** What an HTTP client saw; `closed`: the connection ended without an answer. */
export type Page = { vm: string; client: string; cookies: string[]; headers: IncomingMessage['headers'] } | 'closed';

/** What is asked for. */
export interface PageRequest {
  cookie?: string;
  path?: string;
  /** The connection to ask on; without it, a fresh one. */
  on?: Agent;
}

/** HTTP clients with cookies on the router itself, each with a loopback address of its own. */
export interface Browser {
  ask(client: string, request?: PageRequest): Promise<Page>;
  /** A unix socket on which each connection is one of the client to the rule. */
  socket(client: string): string;
  /** A connection that is kept. */
  hold(): Agent;
  close(): Promise<void>;
}

/** Opens a browser for each client (`127.0.0.2` ...) on a rule: socat gives each connection its address. */
export async function openBrowser(lab: Lab, clients: readonly string[], ip: string, port: number): Promise<Browser> {
  const socketOf = (client: string): string => join(lab.dir, `browser-${client}-${port}.sock`);
  const relays = clients.map((client) =>
    lab.spawn('socat', [
      ...['-d', '-d', '-t0.05'],
      `UNIX-LISTEN:${socketOf(client)},fork`,
      `TCP:${ip}:${port},bind=${client}`,
    ]),
  );
  const agents: Agent[] = [];
  // The socket's file is there as soon as socat has bound it; connections are refused until it listens.
  for (const relay of relays) await saying(relay.stderr!, 'listening on');
  return {
    async ask(client, { cookie, path = '/', on } = {}) {
      try {
        const request = get({
          socketPath: socketOf(client),
          path,
          agent: on ?? false,
          headers: { host: 'limpet.test', ...(cookie !== undefined && { cookie }) },
        });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        const { headers } = response;
        response.resume();
        await once(response, 'end');
        const cookies = (headers['set-cookie'] ?? []).map((each) => each.split(';')[0]!);
        return { vm: `${headers['x-vm']}`, client: `${headers['x-client']}`, cookies, headers };
      } catch {
        return 'closed';
      }
    },
    socket: socketOf,
    hold() {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      agents.push(agent);
      return agent;
    },
    async close() {
      for (const agent of agents) agent.destroy();
      for (const relay of relays) {
        relay.kill();
        await once(relay, 'close');
      }
    },
  };
}

/** Resolves at the first line with these words; throws what was said when the output ends before. */
async function saying(output: Readable, words: string): Promise<void> {
  const lines = createInterface({ input: output });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes(words)) resolve();
    });
    lines.on('close', () => reject(new Error(said.join('\n'))));
  });
}

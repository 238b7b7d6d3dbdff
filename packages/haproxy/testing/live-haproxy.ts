import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderConfig } from '../src/config/render.ts';
import { section } from '../src/config/write.ts';
import type { Exec } from '../src/process/exec.ts';
import { HaproxyProcess } from '../src/process/haproxy-process.ts';
import { capabilitiesOf } from '../src/version/capabilities.ts';

const exec: Exec = (file, args, options) =>
  new Promise((resolve, reject) => {
    const child = execFile(file, args, (error, stdout, stderr) => {
      if (error && typeof error.code === 'string') return reject(error);
      resolve({ code: child.exitCode ?? 1, stdout, stderr });
    });
    child.stdin?.end(options?.input);
  });

/** A real HAProxy with the rules `web` (http) and `raw` (tcp, sticky by map), and two backends that say their name. */
export interface LiveHaproxy {
  haproxy: HaproxyProcess;
  /** Another handle on the same HAProxy: what a restarted agent has. */
  adopt(): HaproxyProcess;
  folder: string;
  ports: { web: number; raw: number };
  /** Writes the configuration. `extra` is text at its end. */
  configure(generation: number, extra?: string): Promise<void>;
  path(name: string): string;
  close(): Promise<void>;
}

export async function openLiveHaproxy(): Promise<LiveHaproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-haproxy-'));
  const path = (name: string) => join(folder, name);
  const backends = [await listen('vm1'), await listen('vm2')];
  const [web, raw, peers] = await freePorts(3);
  const make = () =>
    new HaproxyProcess({
      exec,
      spawn: (file, args) => spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] }),
      configPath: path('haproxy.cfg'),
      masterSocket: path('master.sock'),
      statsSocket: path('stats.sock'),
      pidFile: path('haproxy.pid'),
    });
  const haproxy = make();
  const { supported } = capabilitiesOf(await haproxy.version());
  const servers = backends.map(({ name, port }, at) => ['server', name, `127.0.0.1:${port}`, 'id', at + 1]);
  const configure = (generation: number, extra = '') =>
    writeFile(
      path('haproxy.cfg'),
      renderConfig({
        sections: [
          section('global', undefined, [
            ['stats', 'socket', path('stats.sock'), 'mode', 600, 'level', 'admin', 'expose-fd', 'listeners'],
            ['localpeer', 'vr'],
            ['setenv', 'GENERATION', generation],
            // Or each start and check reads all CAs of the machine, for a client that nobody uses.
            ...(supported.has('httpClient') ? [['httpclient.ssl.verify', 'none']] : []),
          ]),
          section('defaults', undefined, [
            ['timeout', 'client', '30s'],
            ['timeout', 'server', '30s'],
            ['timeout', 'connect', '1s'],
          ]),
          section('peers', 'lb', [['peer', 'vr', `127.0.0.1:${peers}`]]),
          section('listen', 'web', [
            ['mode', 'http'],
            ['bind', `127.0.0.1:${web}`],
            ['bind', `unix@${path('web.sock')}`, 'mode', 600, 'accept-proxy'],
            ...servers,
          ]),
          section('listen', 'raw', [
            ['bind', `127.0.0.1:${raw}`],
            ['bind', `unix@${path('raw.sock')}`, 'mode', 600, 'accept-proxy'],
            ['stick-table', 'type', 'ip', 'size', '10k', 'expire', '30m', 'peers', 'lb'],
            ['stick', 'on', 'src', 'if', '{', `be_name,map_str(${path('stick.map')},none)`, '-m', 'str', 'source', '}'],
            ...servers,
          ]),
        ],
      }) + extra,
    );
  await writeFile(path('stick.map'), 'raw source\n');
  await configure(1);
  return {
    haproxy,
    adopt: make,
    folder,
    ports: { web: web!, raw: raw! },
    configure,
    path,
    async close() {
      await haproxy.stop();
      for (const backend of backends) backend.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Answers a HTTP request with a header, and a line with a line. */
async function listen(name: string): Promise<{ name: string; port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const http = /^(HEAD|GET) /.test(data.toString('latin1'));
      socket.write(http ? `HTTP/1.1 200 OK\r\nx-vm: ${name}\r\ncontent-length: 0\r\n\r\n` : `${name}\n`);
    });
  });
  const port = await listenOn(server);
  return {
    name,
    port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function listenOn(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map(listenOn));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

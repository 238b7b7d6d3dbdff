import type { Connection } from '../proxy.ts';
import type { CliCommand } from './command.ts';
import { findActiveServer } from './command.ts';

/** The fields after `age`, which are constant in the emulator. */
const REST =
  'calls=2 rate=0 cpu=0 lat=0 rq[f=848000h,i=0,an=00h,rx=,wx=,ax=] rp[f=80048202h,i=0,an=00h,rx=,wx=,ax=] scf=[8,0h,fd=18] scb=[8,1h,fd=19] exp= rc=0 c_exp=';

function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m`;
}

function row({ pointer, proxy, peer, server, openedAt }: Connection, now: number): string {
  // `show sess` shows the socket's peer, not the address of the PROXY header: for a unix socket, its listener's number.
  const source = peer.unix ? `unix:${peer.listener}` : `${peer.ip}:${peer.port}`;
  return `${pointer}: proto=${peer.unix ? 'unix_stream' : 'tcpv4'} src=${source} fe=${proxy.name} be=${proxy.name} srv=${server?.name ?? '<none>'} ts=00 epoch=0 age=${age(now - openedAt)} ${REST}`;
}

const showSess: CliCommand = {
  words: 'show sess',
  run({ worker, origin }) {
    const now = worker.now();
    // An http connection between two requests has no session.
    const sessions = worker.connections().filter(({ server }) => server);
    const listener = origin === 'sockpair' ? 2 : 1;
    const own = `${worker.newPointer()}: proto=${origin} src=unix:${listener} fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=0 age=0s ${REST}`;
    return [...sessions.map((session) => row(session, now)), own].join('\n');
  },
};

const shutdownSession: CliCommand = {
  words: 'shutdown session',
  run({ worker, args: [id] }) {
    if (id === undefined) return "Session pointer expected (use 'show sess').";
    const connection = worker.connections().find(({ pointer, server }) => pointer === id && server);
    if (!connection) return "No such session (use 'show sess').";
    worker.close(connection);
    return '';
  },
};

const shutdownSessionsServer: CliCommand = {
  words: 'shutdown sessions server',
  run({ worker, args: [target] }) {
    const found = findActiveServer(worker, target);
    if (typeof found === 'string') return found;
    worker.closeSessions(found.server);
    return '';
  },
};

/** `show sess`, `shutdown session` and `shutdown sessions server`. */
export const sessionCommands = [showSess, shutdownSession, shutdownSessionsServer];

import { linesOf, unexpected } from './unexpected.ts';

/** One session (connection) of `show sess`. */
export interface Session {
  /** What `shutdown session ID` takes. */
  id: string;
  /** `tcpv4`, `unix_stream`, `sockpair` ... */
  proto: string;
  /** The peer of the socket; absent for a unix socket, whatever the PROXY protocol claims. */
  source?: { ip: string; port: number };
  frontend: string;
  /** Absent: none is chosen, or it is the CLI's own session. */
  backend?: string;
  server?: string;
  /** Seconds. */
  age: number;
}

/** 2.2 has no `epoch`. */
const row = /^(0x[0-9a-f]+): proto=(\S+) src=(\S+) fe=(\S+) be=(\S+) srv=(\S+) ts=\S+ (?:epoch=\S+ )?age=(\S+) /;

/**
 * A session that HAProxy began itself, such as the one to its peer after a reload, has no client and no `src` (2.6.12,
 * cli_io_handler_dump_sess in src/stream.c): it says nothing of it.
 */
const ownSession = /^0x[0-9a-f]+: proto=\? ts=/;

/**
 * Reads `show sess`: all sessions with a client, the CLI's own included.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readShowSess(text: string): Session[] {
  const rows = linesOf(text).filter((line) => !ownSession.test(line));
  return rows.map((line) => {
    const match = row.exec(line);
    if (!match) throw unexpected('show sess', line);
    const [id, proto, src, frontend, backend, server, age] = match.slice(1) as string[];
    const session: Session = { id: id!, proto: proto!, frontend: frontend!, age: seconds(age!, line) };
    const source = /^(?!unix:)(.+):(\d+)$/.exec(src!);
    if (source) session.source = { ip: source[1]!, port: Number(source[2]) };
    if (backend !== '<NONE>') session.backend = backend!;
    if (server !== '<none>') session.server = server!;
    return session;
  });
}

const unitSeconds = { d: 86_400, h: 3600, m: 60, s: 1 };

/** `2m27s` (human_time in src/tools.c), or `?` for a time below 0: threads read the clock one after the other. */
function seconds(text: string, line: string): number {
  if (text === '?') return 0;
  if (!/^(\d+[dhms])+$/.test(text)) throw unexpected('show sess', line);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([dhms])/g)) {
    total += Number(amount) * unitSeconds[unit as keyof typeof unitSeconds];
  }
  return total;
}

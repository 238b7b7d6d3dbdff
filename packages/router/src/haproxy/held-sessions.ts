import { cliCommand, readShowProc, readShowSess, readShowTable } from '@limpet/haproxy';
import type { Haproxy } from '../dataplane.ts';
import { type HeldSession, type Obligation, violates } from './held.ts';

/** Sessions of one worker. */
interface WorkerSessions {
  pid: number;
  sessions: HeldSession[];
}

/**
 * Which sessions were there when a rule changed: those of `pid` by name, and all of workers that were old already.
 * HAProxy uses a session's id (its address) again, so that the client's port belongs to the name.
 */
export interface Scope {
  pid: number;
  sessions: ReadonlySet<string>;
  older: ReadonlySet<number>;
}

const nameOf = ({ id, source, sourcePort }: HeldSession): string => `${id} ${source}:${sourcePort}`;

const read = (text: string): HeldSession[] =>
  readShowSess(text).flatMap(({ id, source, frontend, server }) =>
    frontend === undefined || source === undefined
      ? []
      : [{ id, source: source.ip, sourcePort: source.port, proxy: frontend, server }],
  );

/** Pids of the current worker and of the old ones that still hold connections. */
export async function workers(haproxy: Haproxy): Promise<{ current: number; old: number[] }> {
  const { workers: current, oldWorkers } = readShowProc(await haproxy.master('show proc'));
  return { current: current[0]!.pid, old: oldWorkers.map(({ pid }) => pid) };
}

/** Client sessions of all workers. A worker that ends meanwhile has none. */
export async function allSessions(haproxy: Haproxy): Promise<WorkerSessions[]> {
  const { current, old } = await workers(haproxy);
  return Promise.all(
    [current, ...old].map(async (pid) => {
      const answer = await haproxy.master(`@!${pid} show sess`);
      return { pid, sessions: /^0x/.test(answer) ? read(answer) : [] };
    }),
  );
}

/** The scope of a change that the current worker is about to make, or has just made, at runtime. */
export function scopeOf(seen: readonly WorkerSessions[]): Scope {
  const [current, ...older] = seen;
  return {
    pid: current!.pid,
    sessions: new Set(current!.sessions.map(nameOf)),
    older: new Set(older.map(({ pid }) => pid)),
  };
}

const inScope = (scope: Scope | undefined, pid: number, session: HeldSession): boolean =>
  scope === undefined || scope.older.has(pid) || (scope.pid === pid && scope.sessions.has(nameOf(session)));

/** A held connection, and the worker that holds it. */
export interface Held {
  pid: number;
  session: HeldSession;
}

/** Connections of the rule that the obligation is about and that the scope holds. */
export const heldOf = (seen: readonly WorkerSessions[], proxy: string, scope: Scope | undefined): Held[] =>
  seen.flatMap(({ pid, sessions }) =>
    sessions
      .filter((session) => session.proxy === proxy && inScope(scope, pid, session))
      .map((session) => ({ pid, session })),
  );

/** Where the rule's stick table sends these clients; asked client by client, since a table may hold millions. */
export async function entriesOf(
  haproxy: Haproxy,
  proxy: string,
  sources: readonly string[],
  serverNames: ReadonlyMap<number, string>,
): Promise<Map<string, string>> {
  const answers = await haproxy.runtime(sources.map((source) => cliCommand('show', 'table', proxy, 'key', source)));
  const entries = answers.flatMap((answer) => readShowTable(answer)).flatMap((table) => table.entries);
  return new Map(
    entries.flatMap(({ key, serverId, serverKey }) => {
      // An entry that was set by hand has an id only, until its first connection.
      const named = serverKey === '-' ? undefined : serverKey;
      const server = named ?? (serverId === undefined ? undefined : serverNames.get(serverId));
      return server === undefined ? [] : [[key, server] as const];
    }),
  );
}

/** Those that break the obligation. */
export async function violations(
  haproxy: Haproxy,
  proxy: string,
  obligation: Obligation,
  held: readonly Held[],
  serverNames: ReadonlyMap<number, string>,
): Promise<Held[]> {
  if (held.length === 0) return [];
  const sources = [...new Set(held.flatMap(({ session }) => session.source ?? []))];
  const entries = obligation.kind === 'affinity' ? await entriesOf(haproxy, proxy, sources, serverNames) : new Map();
  return held.filter(({ session }) => violates(obligation, session, entries));
}

/** Ends them, on whichever worker they are; nobody else's connection is touched. */
export async function endSessions(haproxy: Haproxy, held: readonly Held[]): Promise<void> {
  await Promise.all(held.map(({ pid, session }) => haproxy.master(`@!${pid} shutdown session ${session.id}`)));
}

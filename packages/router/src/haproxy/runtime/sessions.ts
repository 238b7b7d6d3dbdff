import type { Clock, Haproxy } from '@limpet/data-plane';
import { cliCommand, readShowProc, readShowSess, readShowTable } from '@limpet/haproxy';
import type { ClientSession } from '../../drain-rules.ts';

/** Sessions of one worker. */
interface SessionsOfWorker {
  pid: number;
  sessions: ClientSession[];
}

/**
 * The sessions that existed when a rule changed: named ones of the worker `pid`, and all of the older workers. HAProxy
 * reuses a session's id (its memory address), so that a session's name includes the client's port.
 */
export interface SessionScope {
  pid: number;
  /** Names, by proxy. */
  sessions: ReadonlyMap<string, ReadonlySet<string>>;
  older: ReadonlySet<number>;
}

const nameOf = ({ id, source, sourcePort }: ClientSession): string => `${id} ${source}:${sourcePort}`;

/** Client sessions in the answer to `show sess`; none when the answer is an error. */
const readSessions = (text: string): ClientSession[] =>
  !text.startsWith('0x')
    ? []
    : readShowSess(text).flatMap(({ id, source, frontend, server }) =>
        frontend === undefined || source === undefined
          ? []
          : [{ id, source: source.ip, sourcePort: source.port, proxy: frontend, server }],
      );

/** Pids of the current worker and of the old ones that still hold connections, the oldest first. */
export interface Workers {
  current: number;
  old: number[];
}

/** Reads the workers from the master's `show proc`. */
export async function workers(haproxy: Haproxy): Promise<Workers> {
  const { workers: current, oldWorkers } = readShowProc(await haproxy.master('show proc'));
  // Sorted by the reloads that a worker has seen, since uptimes are in whole seconds.
  const old = oldWorkers.sort((a, b) => b.reloads - a.reloads).map(({ pid }) => pid);
  return { current: current[0]!.pid, old };
}

/** Reads the sessions of HAProxy's workers, and skips old workers that cannot have sessions of the given proxies. */
export class WorkerSessions {
  readonly #haproxy: Haproxy;
  readonly #clock: Clock;
  readonly #settleMs: number;
  /**
   * Old workers, by pid: when they were first seen as old, and, once settled, the proxies that they hold sessions of.
   */
  readonly #old = new Map<number, { since: number; proxies?: ReadonlySet<string> }>();

  /**
   * @param settleMs time after which an old worker shows all of its connections: a connection in its TLS handshake at
   * the reload has no session yet.
   */
  constructor(haproxy: Haproxy, clock: Clock, settleMs: number) {
    this.#haproxy = haproxy;
    this.#clock = clock;
    this.#settleMs = settleMs;
  }

  /** The workers now. */
  async workers(): Promise<Workers> {
    const { current, old } = await workers(this.#haproxy);
    for (const pid of this.#old.keys()) if (!old.includes(pid)) this.#old.delete(pid);
    for (const pid of old) if (!this.#old.has(pid)) this.#old.set(pid, { since: this.#clock.now() });
    return { current, old };
  }

  /** Client sessions of these proxies on all workers; a worker that ends meanwhile has none. */
  async sessionsOf(proxies: ReadonlySet<string>): Promise<SessionsOfWorker[]> {
    const { current, old } = await this.workers();
    const mayHold = (pid: number): boolean => {
      const seen = this.#old.get(pid)?.proxies;
      return !seen || [...proxies].some((proxy) => seen.has(proxy));
    };
    return Promise.all(
      [current, ...old.filter(mayHold)].map(async (pid) => ({ pid, sessions: await this.sessionsOn(pid) })),
    );
  }

  /** Client sessions of one worker. */
  async sessionsOn(pid: number): Promise<ClientSession[]> {
    const old = this.#old.get(pid);
    const settled = old && this.#clock.now() - old.since >= this.#settleMs;
    const sessions = readSessions(await this.#haproxy.master(`@!${pid} show sess`));
    // An old worker accepts no connections: it will not hold sessions of other proxies later.
    if (settled) old.proxies = new Set(sessions.map(({ proxy }) => proxy));
    return sessions;
  }
}

/**
 * The scope of a runtime change, from the `show sess` of the current worker after it. Connections without a server are
 * not in it: they wait for the tables, and get their server by the new version of the rule.
 */
export function scopeOf({ current, old }: Workers, showSess: string): SessionScope {
  const sessions = new Map<string, Set<string>>();
  for (const session of readSessions(showSess).filter(({ server }) => server !== undefined)) {
    const names = sessions.get(session.proxy) ?? new Set();
    sessions.set(session.proxy, names.add(nameOf(session)));
  }
  return { pid: current, sessions, older: new Set(old) };
}

/** Whether the scope can have connections of the proxy. */
export const concerns = (scope: SessionScope, proxy: string): boolean =>
  scope.older.size > 0 || scope.sessions.has(proxy);

const inScope = (scope: SessionScope | undefined, pid: number, session: ClientSession): boolean =>
  scope === undefined ||
  scope.older.has(pid) ||
  (scope.pid === pid && (scope.sessions.get(session.proxy)?.has(nameOf(session)) ?? false));

/** A held connection, and the worker that holds it. */
export interface HeldSession {
  pid: number;
  session: ClientSession;
}

/** Held connections of the proxy that are in the scope; undefined: all. */
export const heldOf = (
  seen: readonly SessionsOfWorker[],
  proxy: string,
  scope: SessionScope | undefined,
): HeldSession[] =>
  seen.flatMap(({ pid, sessions }) =>
    sessions
      .filter((session) => session.proxy === proxy && inScope(scope, pid, session))
      .map((session) => ({ pid, session })),
  );

/**
 * The entries of these clients in the proxy's stick table: `source address -> server name`. Asks for each client by
 * itself, since a table may have millions of entries.
 */
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
      // An entry that was made by `set table` has only an id until its first connection.
      const named = serverKey === '-' ? undefined : serverKey;
      const server = named ?? (serverId === undefined ? undefined : serverNames.get(serverId));
      return server === undefined ? [] : [[key, server] as const];
    }),
  );
}

/** Source addresses of the clients of these connections, each once. */
export const sourcesOf = (held: readonly HeldSession[]): string[] => [
  ...new Set(held.flatMap(({ session }) => session.source ?? [])),
];

/** Ends these connections on their workers, and no others. */
export async function endSessions(haproxy: Haproxy, held: readonly HeldSession[]): Promise<void> {
  await Promise.all(
    held.map(({ pid, session }) => unlessGone(haproxy.master(`@!${pid} shutdown session ${session.id}`))),
  );
}

/** Ignores a truncated answer: an old worker exits with its last connection, while it still answers the command. */
const unlessGone = async (answer: Promise<string>): Promise<void> => {
  try {
    await answer;
  } catch (error) {
    if ((error as { code?: string }).code !== 'HAPROXY_CLI_TRUNCATED') throw error;
  }
};

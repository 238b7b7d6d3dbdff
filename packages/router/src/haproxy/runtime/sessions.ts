import type { Clock, Haproxy } from '@limpet/data-plane';
import { cliCommand, readShowProc, readShowSess, readShowTable } from '@limpet/haproxy';
import type { ClientSession } from '../../drain-rules.ts';

/** Sessions of one worker. */
interface SessionsOfWorker {
  pid: number;
  sessions: ClientSession[];
}

/**
 * Which sessions were there when a rule changed: those of `pid` by name, and all of workers that were old already.
 * HAProxy uses a session's id (its address) again, so that the client's port belongs to the name.
 */
export interface SessionScope {
  pid: number;
  /** By proxy. */
  sessions: ReadonlyMap<string, ReadonlySet<string>>;
  older: ReadonlySet<number>;
}

const nameOf = ({ id, source, sourcePort }: ClientSession): string => `${id} ${source}:${sourcePort}`;

/** Client sessions in the answer to `show sess`; none, when it is a complaint. */
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

/** Asks the master which workers there are. */
export async function workers(haproxy: Haproxy): Promise<Workers> {
  const { workers: current, oldWorkers } = readShowProc(await haproxy.master('show proc'));
  // A worker has seen as many reloads as came after it; its uptime is in whole seconds.
  const old = oldWorkers.sort((a, b) => b.reloads - a.reloads).map(({ pid }) => pid);
  return { current: current[0]!.pid, old };
}

/** Asks the workers of one HAProxy for their sessions, an old one only when it can have some of those asked for. */
export class WorkerSessions {
  readonly #haproxy: Haproxy;
  readonly #clock: Clock;
  readonly #settleMs: number;
  /** Old workers: since when they are known as such, and, once settled, whose connections they were seen to hold. */
  readonly #old = new Map<number, { since: number; proxies?: ReadonlySet<string> }>();

  /**
   * @param settleMs time after which an old worker has no more connections than it shows: one that is within its TLS
   * handshake when its worker grows old has no session yet.
   */
  constructor(haproxy: Haproxy, clock: Clock, settleMs: number) {
    this.#haproxy = haproxy;
    this.#clock = clock;
    this.#settleMs = settleMs;
  }

  async workers(): Promise<Workers> {
    const { current, old } = await workers(this.#haproxy);
    for (const pid of this.#old.keys()) if (!old.includes(pid)) this.#old.delete(pid);
    for (const pid of old) if (!this.#old.has(pid)) this.#old.set(pid, { since: this.#clock.now() });
    return { current, old };
  }

  /** Client sessions of these proxies on all workers. A worker that ends meanwhile has none. */
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
    // Nobody comes to an old worker any more: what it does not hold now, it will not.
    if (settled) old.proxies = new Set(sessions.map(({ proxy }) => proxy));
    return sessions;
  }
}

/**
 * The scope of a change that the current worker has just made at runtime, from its `show sess`. A connection that has no
 * server yet, since it waits for the tables, is given one by the rule as it is then.
 */
export function scopeOf({ current, old }: Workers, showSess: string): SessionScope {
  const sessions = new Map<string, Set<string>>();
  for (const session of readSessions(showSess).filter(({ server }) => server !== undefined)) {
    const names = sessions.get(session.proxy) ?? new Set();
    sessions.set(session.proxy, names.add(nameOf(session)));
  }
  return { pid: current, sessions, older: new Set(old) };
}

/** Whether the scope can hold connections of the rule. */
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

/** Connections of the rule that the obligation is about and that the scope holds. */
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

/** Clients of these connections. */
export const sourcesOf = (held: readonly HeldSession[]): string[] => [
  ...new Set(held.flatMap(({ session }) => session.source ?? [])),
];

/** Ends them, on whichever worker they are; nobody else's connection is touched. */
export async function endSessions(haproxy: Haproxy, held: readonly HeldSession[]): Promise<void> {
  await Promise.all(
    held.map(({ pid, session }) => unlessGone(haproxy.master(`@!${pid} shutdown session ${session.id}`))),
  );
}

/** An old worker ends with its last connection, in the middle of its answer to whoever ended it. */
const unlessGone = async (answer: Promise<string>): Promise<void> => {
  try {
    await answer;
  } catch (error) {
    if ((error as { code?: string }).code !== 'HAPROXY_CLI_TRUNCATED') throw error;
  }
};

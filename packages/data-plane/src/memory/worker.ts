import type { Capabilities } from '@limpet/haproxy';
import { CertificateStore } from './certificate-store.ts';
import type { BindSpec, ConfigSpec, ProxySpec } from './config/spec.ts';
import { MapFile } from './map-file.ts';
import type { Connection, Peer } from './proxy.ts';
import { ListenProxy } from './proxy.ts';
import type { Server } from './server.ts';
import { StickTable, type TableSpec } from './table.ts';
import type { Answer, Ask } from './traffic.ts';
import type { WorkerContext } from './worker-context.ts';

/** What a worker needs of its host. */
export interface WorkerEnvironment {
  /** What its HAProxy can do. */
  capabilities: Capabilities;
  now(): number;
  vmAt(ip: string, port: number): string | undefined;
  /** Unique over all workers, so that no test passes by confusing objects of two workers. */
  newPointer(): string;
}

/** HAProxy's first `listen` gets this id: 2 follows the internal proxies. */
const FIRST_PROXY_ID = 2;

/** A fresh worker asks its peers for 5 s before it takes its tables for complete (peers.c, PEER_RESYNC_TIMEOUT). */
const RESYNC_TIMEOUT_MS = 5000;

/** A worker process: one configuration, its own tables, maps, servers and connections. */
export class Worker implements WorkerContext {
  readonly pid: number;
  readonly config: ConfigSpec;
  readonly startedAt: number;
  readonly maps: readonly MapFile[];
  readonly certificates: CertificateStore;
  proxies: ListenProxy[] = [];
  /** Reloads since its start, as in `show proc`. */
  reloads = 0;
  /** After a soft stop: listeners are the successor's, established connections remain. */
  stopping = false;
  /** Conversations that hold on to the worker: it does not end before them. */
  readonly pins = new Set<object>();
  readonly #environment: WorkerEnvironment;
  readonly #tables = new Map<string, StickTable>();
  #nextProxyId = FIRST_PROXY_ID;
  /** The tables that the predecessor is still teaching, and when that ends. */
  #lesson: { readonly teacher: Worker; readonly endsAt: number; readonly learn: () => void } | undefined;
  #learned = false;

  constructor(pid: number, config: ConfigSpec, environment: WorkerEnvironment) {
    this.pid = pid;
    this.config = config;
    this.#environment = environment;
    this.startedAt = environment.now();
    this.maps = [...config.maps].map(([path, text]) => new MapFile(path, text, environment.newPointer));
    this.certificates = new CertificateStore(config.certificates);
    for (const spec of config.proxies) this.addProxy(spec);
  }

  get capabilities(): Capabilities {
    return this.#environment.capabilities;
  }

  now(): number {
    return this.#environment.now();
  }

  vmAt(ip: string, port: number): string | undefined {
    return this.#environment.vmAt(ip, port);
  }

  newPointer(): string {
    return this.#environment.newPointer();
  }

  /** Learned its tables from the local peer of its predecessor. */
  get learned(): boolean {
    this.#endLesson();
    return this.#learned;
  }

  /** The predecessor, which lives on until it has taught its tables. */
  get teacher(): Worker | undefined {
    this.#endLesson();
    return this.#lesson?.teacher;
  }

  table(name: string): StickTable | undefined {
    this.#endLesson();
    return this.#tables.get(name);
  }

  tables(): StickTable[] {
    this.#endLesson();
    return [...this.#tables.values()];
  }

  map(path: string): MapFile | undefined {
    return this.maps.find((map) => map.path === path);
  }

  proxy(name: string): ListenProxy | undefined {
    return this.proxies.find((proxy) => proxy.name === name);
  }

  addProxy(spec: ProxySpec): ListenProxy {
    const table = spec.table && this.putTable(spec.name, spec.table);
    const proxy = new ListenProxy(spec, this.#nextProxyId, table, this);
    this.#nextProxyId += 1;
    this.proxies.push(proxy);
    return proxy;
  }

  /** A new, empty table under this name. */
  putTable(name: string, spec: TableSpec): StickTable {
    const table = new StickTable(name, spec, this.#environment.newPointer);
    this.#tables.set(name, table);
    return table;
  }

  removeProxy(proxy: ListenProxy): void {
    for (const connection of proxy.connections) this.close(connection);
    this.#tables.delete(proxy.name);
    this.proxies = this.proxies.filter((other) => other !== proxy);
  }

  /** Proxies that listen on an address, with the listener's number in the proxy. */
  listeners(matches: (bind: BindSpec) => boolean): { proxy: ListenProxy; listener: number }[] {
    if (this.stopping) return [];
    return this.proxies.flatMap((proxy) =>
      proxy.spec.binds.flatMap((bind, index) =>
        matches(bind) && proxy.listensOn(bind) ? [{ proxy, listener: index + 1 }] : [],
      ),
    );
  }

  /** Undefined when a rule rejects the peer or, in tcp mode, when no server takes the connection. */
  accept(proxy: ListenProxy, peer: Peer): Connection | undefined {
    if (!proxy.admits(peer)) return undefined;
    const now = this.now();
    const connection: Connection = {
      pointer: this.newPointer(),
      proxy,
      peer,
      server: undefined,
      vm: undefined,
      openedAt: now,
      activeAt: now,
      closed: false,
    };
    if (proxy.spec.mode === 'tcp') {
      const route = proxy.route({ source: peer.ip, cookies: {} });
      if (!route) return undefined;
      connection.server = route.server;
      connection.vm = route.vm;
      route.server.connections += 1;
      route.server.total += 1;
    }
    proxy.connections.add(connection);
    proxy.total += 1;
    proxy.accepted[peer.listener - 1] = (proxy.accepted[peer.listener - 1] ?? 0) + 1;
    return connection;
  }

  /** One request of the client: a line in tcp mode, an HTTP request in http mode. */
  request(connection: Connection, asked: Pick<Ask, 'cookies' | 'session'> = {}): Answer {
    if (connection.closed) return { ok: false, error: 'closed' };
    connection.activeAt = this.now();
    if (connection.vm !== undefined) return { ok: true, vm: connection.vm };
    const { proxy, peer } = connection;
    const route = proxy.route({ source: peer.ip, cookies: asked.cookies ?? {}, session: asked.session });
    proxy.requests += 1;
    if (route) route.server.total += 1;
    if (proxy.spec.closeAfterResponse || !route) this.close(connection);
    if (!route) return { ok: false, error: 'http-503' };
    const { vm, cookies } = route;
    return { ok: true, vm, ...(Object.keys(cookies).length > 0 && { cookies }) };
  }

  close(connection: Connection): void {
    if (connection.closed) return;
    connection.closed = true;
    if (connection.server) connection.server.connections -= 1;
    connection.proxy.connections.delete(connection);
  }

  connections(): Connection[] {
    return this.proxies.flatMap((proxy) => [...proxy.connections]);
  }

  /** `shutdown sessions server`: http connections between two requests have no session and stay. */
  closeSessions(server: Server): void {
    for (const connection of this.connections()) if (connection.server === server) this.close(connection);
  }

  closeIdle(): void {
    for (const connection of this.connections()) {
      if (this.now() - connection.activeAt >= connection.proxy.spec.idleTimeoutMs) this.close(connection);
    }
  }

  /** Hands over to a successor: tcp connections continue under the old rules, idle http connections are closed. */
  softStop(): void {
    this.stopping = true;
    for (const connection of this.connections()) if (!connection.server) this.close(connection);
  }

  /** Whether the flags of `show peers` say that the tables are complete (flags & 3 == 3). */
  resyncFinished(): boolean {
    return this.learned || this.now() - this.startedAt >= RESYNC_TIMEOUT_MS;
  }

  /**
   * Learns the predecessor's tables through the local peer. A predecessor whose own tables are incomplete, by its
   * flags, teaches nothing: a reload at that moment loses all entries.
   *
   * @param lessonMs how long it takes; until then the tables are empty.
   */
  learnFrom(predecessor: Worker, lessonMs: number): void {
    const shared = [...this.config.peers.keys()].filter((name) => predecessor.config.peers.has(name));
    if (shared.length === 0 || !predecessor.resyncFinished()) return;
    const learn = (): void => {
      for (const table of this.#tables.values()) {
        const old = predecessor.table(table.name);
        const { peers } = table.spec;
        if (old && peers !== undefined && peers === old.spec.peers && shared.includes(peers)) {
          table.learn(old.entries(this.now()));
        }
      }
    };
    this.#lesson = { teacher: predecessor, endsAt: this.now() + lessonMs, learn };
    this.#endLesson();
  }

  #endLesson(): void {
    const lesson = this.#lesson;
    if (lesson === undefined || this.now() < lesson.endsAt) return;
    this.#lesson = undefined;
    this.#learned = true;
    lesson.learn();
  }
}

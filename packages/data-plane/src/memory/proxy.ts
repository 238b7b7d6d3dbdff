import { allowsDynamicServers, Balancer } from './balance.ts';
import type { Sample } from './config/condition.ts';
import type { BindSpec, ProxySpec, StickRule } from './config/spec.ts';

import { cookiesOfAnswer, cookieValue, dynamicValue } from './cookie-jar.ts';
import type { ServerSpec } from './server.ts';
import { Server } from './server.ts';
import type { StickTable } from './table.ts';
import type { Cookies } from './traffic.ts';
import type { WorkerContext } from './worker-context.ts';

/** A server that takes a connection, and the VM that answers behind it. */
export interface Route {
  server: Server;
  vm: string;
  /** Cookies that the answer sets. */
  cookies: Cookies;
}

/** The client of a request. */
export interface Asker {
  source: string;
  cookies: Cookies;
  /** Name of a cookie in which the VM is to begin a session. */
  session?: string | undefined;
}

const keyOf = ({ key }: StickRule, { source, cookies }: Asker): string | undefined =>
  key === 'source' ? source : cookies[key.cookie];

/** A `listen` section in one worker. */
export class ListenProxy {
  /** `be_id`; the first listen section's follows those of HAProxy's own proxies. */
  readonly id: number;
  table: StickTable | undefined;
  readonly connections = new Set<Connection>();
  total = 0;
  requests = 0;
  /** Connections so far, by the listener's number less 1. */
  readonly accepted: number[];
  servers: Server[] = [];
  maxConnections: number;
  /** As `disable|enable|shutdown frontend` leave it. */
  frontend: 'OPEN' | 'PAUSED' | 'STOP' = 'OPEN';
  #spec: ProxySpec;
  #balancer: Balancer;
  readonly #context: WorkerContext;

  constructor(spec: ProxySpec, id: number, table: StickTable | undefined, context: WorkerContext) {
    this.id = id;
    this.table = table;
    this.accepted = spec.binds.map(() => 0);
    this.#spec = spec;
    this.#balancer = new Balancer(spec.balance);
    this.#context = context;
    const taken = new Set(spec.servers.flatMap((server) => server.id ?? []));
    let next = 1;
    for (const server of spec.servers) {
      while (server.id === undefined && taken.has(next)) next += 1;
      const serverId = server.id ?? next;
      taken.add(serverId);
      this.servers.push(new Server(server, serverId, context.now()));
    }
    this.maxConnections = spec.maxConnections;
    this.computeCookies();
  }

  get spec(): ProxySpec {
    return this.#spec;
  }

  get name(): string {
    return this.#spec.name;
  }

  acceptsDynamicServers(): boolean {
    return allowsDynamicServers(this.#spec.balance);
  }

  /** Changes rules and algorithm of a running proxy, for the memory router. HAProxy has no such command. */
  redefine(spec: ProxySpec): void {
    const { algorithm, consistent } = this.#spec.balance;
    if (algorithm !== spec.balance.algorithm || consistent !== spec.balance.consistent) {
      this.#balancer = new Balancer(spec.balance);
    }
    this.#spec = spec;
    this.maxConnections = spec.maxConnections;
    this.computeCookies();
  }

  addServer(spec: ServerSpec, id: number): Server {
    const server = new Server(spec, id, this.#context.now(), true);
    this.servers.push(server);
    return server;
  }

  removeServer(server: Server): void {
    this.servers = this.servers.filter((other) => other !== server);
  }

  /** Whether HAProxy considers the server up: only health checks notice a dead VM. */
  isUp(server: Server): boolean {
    return !server.inMaintenance() && !(server.checking && this.#vm(server) === undefined);
  }

  admits(peer: Peer): boolean {
    for (const rule of this.#spec.admission) {
      // "tcp-request connection" runs before the PROXY header is read (configuration.txt 4.2), hence without an address.
      const source = rule.layer === 'connection' && peer.unix ? undefined : peer.ip;
      if (rule.when(this.#sample(source))) return rule.action === 'accept';
    }
    return true;
  }

  /**
   * Routes a client to a server: by its cookie, else by a stick table, else by balancing; with `redispatch`, once more
   * when the server's VM refuses the connection.
   */
  route(asker: Asker): Route | undefined {
    const { source, cookies, session } = asker;
    const sample = this.#sample(source);
    const rules = this.#spec.stick.filter((rule) => rule.when(sample));
    const known = this.#named(cookies);
    const first = known ?? this.#stuck(rules, asker) ?? this.#balance(source);
    const routed =
      this.#connect(first) ?? (this.#spec.redispatch && first ? this.#redispatch(first, source) : undefined);
    if (!routed) return undefined;
    const { server, vm } = routed;
    const set = session === undefined ? {} : { [session]: `${vm}.${this.#context.newPointer()}` };
    for (const rule of rules) {
      const key = rule.store && keyOf(rule, rule.store === 'response' ? { source, cookies: set } : asker);
      if (key !== undefined) this.#context.table(rule.table)?.store(key, server, this.#context.now());
    }
    const { cookie } = this.#spec;
    return { server, vm, cookies: cookie ? cookiesOfAnswer(cookie, set, server, known === server) : set };
  }

  /** `enable dynamic-cookie`: computes the values of all servers, including those added at run time. */
  computeCookies(): void {
    for (const server of this.servers) this.computeCookie(server);
  }

  computeCookie(server: Server): void {
    if (server.hasOwnCookie) return;
    const key = this.#spec.cookie?.key;
    server.cookie = key === undefined ? undefined : dynamicValue(key, server);
  }

  /** Whether the bind accepts connections. A unix socket does so while the frontend is paused (measured on 2.6.12). */
  listensOn(bind: BindSpec): boolean {
    return this.frontend === 'OPEN' || (this.frontend === 'PAUSED' && 'unix' in bind);
  }

  /** Whether the proxy has its maximum of connections. */
  isFull(): boolean {
    return this.connections.size >= this.maxConnections;
  }

  /** The server that the client's cookie names. */
  #named(cookies: Cookies): Server | undefined {
    const { cookie } = this.#spec;
    const value = cookie && cookieValue(cookie, cookies);
    return value === undefined
      ? undefined
      : this.servers.find((server) => server.cookie === value && this.isUp(server));
  }

  #stuck(rules: ProxySpec['stick'], asker: Asker): Server | undefined {
    for (const rule of rules) {
      const key = rule.match ? keyOf(rule, asker) : undefined;
      const entry = key === undefined ? undefined : this.#context.table(rule.table)?.use(key, this.#context.now());
      if (!entry) continue;
      // stream.c, sticking_rule_find_target: the name first, and the id when no server has that name any more.
      const server =
        this.servers.find(({ name }) => name === entry.serverKey) ??
        this.servers.find(({ id }) => id === entry.serverId);
      if (server && this.isUp(server)) return server;
    }
    return undefined;
  }

  #balance(source: string, except?: Server): Server | undefined {
    const usable = this.servers.filter((server) => server !== except && !server.draining() && this.isUp(server));
    return this.#balancer.pick(usable, source);
  }

  #redispatch(refused: Server, source: string): Omit<Route, 'cookies'> | undefined {
    return this.#connect(this.#balance(source, refused));
  }

  #connect(server: Server | undefined): Omit<Route, 'cookies'> | undefined {
    const vm = server && this.#vm(server);
    return server && vm !== undefined ? { server, vm } : undefined;
  }

  #vm(server: Server): string | undefined {
    return this.#context.vmAt(server.ip, server.port);
  }

  #sample(source: string | undefined): Sample {
    return { source, proxy: this.name, lookup: (path, key) => this.#context.map(path)?.lookup(key) };
  }
}

/** The peer of a connection: a client's address, and the number of the proxy's listener (`luid`, from 1). */
export interface Peer {
  ip: string;
  port: number;
  listener: number;
  /** Came over a unix socket, with its address claimed by a PROXY header. */
  unix: boolean;
}

/** An accepted connection. In tcp mode it keeps its server; in http mode each request is routed by itself. */
export interface Connection {
  pointer: string;
  proxy: ListenProxy;
  peer: Peer;
  /** Undefined between the requests of an http connection. */
  server: Server | undefined;
  /** The VM at the other end. */
  vm: string | undefined;
  openedAt: number;
  activeAt: number;
  closed: boolean;
}

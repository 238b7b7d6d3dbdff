import { allowsDynamicServers, Balancer } from './balance.ts';
import type { Sample } from './config/condition.ts';
import type { ProxySpec } from './config/spec.ts';
import type { Connection, Peer } from './connection.ts';
import type { ServerSpec } from './server.ts';
import { Server } from './server.ts';
import type { StickTable } from './table.ts';
import type { WorkerContext } from './worker-context.ts';

/** A server that takes a connection, and the VM that answers behind it. */
export interface Route {
  server: Server;
  vm: string;
}

/** A `listen` section at work in one worker. */
export class ListenProxy {
  /** `be_id`; the first listen section's follows those of HAProxy's own proxies. */
  readonly id: number;
  table: StickTable | undefined;
  readonly connections = new Set<Connection>();
  total = 0;
  servers: Server[] = [];
  #spec: ProxySpec;
  #balancer: Balancer;
  readonly #context: WorkerContext;

  constructor(spec: ProxySpec, id: number, table: StickTable | undefined, context: WorkerContext) {
    this.id = id;
    this.table = table;
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

  /** Changes rules and algorithm of the living proxy. HAProxy has no such command: the memory router has. */
  redefine(spec: ProxySpec): void {
    const { algorithm, consistent } = this.#spec.balance;
    if (algorithm !== spec.balance.algorithm || consistent !== spec.balance.consistent) {
      this.#balancer = new Balancer(spec.balance);
    }
    this.#spec = spec;
  }

  addServer(spec: ServerSpec, id: number): Server {
    const server = new Server(spec, id, this.#context.now(), true);
    this.servers.push(server);
    return server;
  }

  removeServer(server: Server): void {
    this.servers = this.servers.filter((other) => other !== server);
  }

  /** Up as HAProxy sees it: a dead VM is noticed by health checks only. */
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

  /** Gives a client to a server: a stick table's, else a balanced one; once more when that one's VM refuses. */
  route(source: string): Route | undefined {
    const sample = this.#sample(source);
    const rules = this.#spec.stick.filter((rule) => rule.when(sample));
    const first = this.#stuck(rules, source) ?? this.#balance(source);
    const routed =
      this.#connect(first) ?? (this.#spec.redispatch && first ? this.#redispatch(first, source) : undefined);
    if (!routed) return undefined;
    for (const rule of rules) this.#context.table(rule.table)?.store(source, routed.server, this.#context.now());
    return routed;
  }

  #stuck(rules: ProxySpec['stick'], source: string): Server | undefined {
    for (const rule of rules) {
      const entry = this.#context.table(rule.table)?.use(source, this.#context.now());
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

  #redispatch(refused: Server, source: string): Route | undefined {
    return this.#connect(this.#balance(source, refused));
  }

  #connect(server: Server | undefined): Route | undefined {
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

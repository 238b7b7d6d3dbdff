import type { RuleKey, RuleRecord } from '@limpet/contract';
import type { MemoryDataPlane } from '@limpet/data-plane';
import type { Connection, ListenProxy, ProxySpec, StickTable, Worker } from '@limpet/data-plane/memory';
import { proxyName } from '../names.ts';
import { memberSpec, ruleSpec } from './rule-spec.ts';

/** The chain with the accepts of all rules, which is replaced as a whole. */
const CHAIN = 'LIMPET-MEMORY';

/** HAProxy's administrative states. */
const states = { serving: 'ready', draining: 'drain', maintenance: 'maint' } as const;

/** Applies rules directly to the one worker of an emulated HAProxy: no config text, no reload, no CLI. */
export class Engine {
  readonly #dataPlane: MemoryDataPlane;
  readonly #worker: Worker;
  /** Server ids are never reused, so that no stick-table entry can lead to another VM. */
  #lastServerId = 0;
  /** Changes made to the running worker. */
  operations = 0;

  constructor(dataPlane: MemoryDataPlane) {
    this.#dataPlane = dataPlane;
    this.#worker = dataPlane.haproxy.boot({
      environment: new Map(),
      peers: new Map(),
      localPeer: 'limpet',
      runtimeCli: true,
      maps: new Map(),
      certificates: new Map(),
      proxies: [],
    });
  }

  /** Creates or changes a rule, and ends held connections that break it. */
  put(rule: RuleRecord): void {
    const spec = ruleSpec(rule);
    const before = this.#worker.proxy(spec.name);
    const proxy = before ?? this.#worker.addProxy(spec);
    const changedProtocol = proxy.spec.mode !== spec.mode;
    const newlySticky = isBySource(spec) && !isBySource(proxy.spec);
    const newlyHashed = spec.balance.algorithm === 'source' && proxy.spec.balance.algorithm !== 'source';
    if (spec.table && !sameTable(proxy.table, spec.table)) this.#replaceTable(proxy, spec.table);
    if (!spec.table && proxy.table) proxy.table.clear();
    proxy.redefine(spec);
    this.#putMembers(proxy, rule);
    if (changedProtocol || (newlyHashed && spec.stick.length === 0)) this.#closeAll(proxy, () => true);
    this.#closeAll(proxy, ({ peer }) => !proxy.admits(peer));
    if (newlySticky) this.#bindHeld(proxy);
    this.operations += 1;
  }

  /** Removes a rule with its connections; does nothing when there is none. */
  remove(key: RuleKey): void {
    const proxy = this.#worker.proxy(proxyName(key));
    if (!proxy) return;
    this.#worker.removeProxy(proxy);
    this.operations += 1;
  }

  /** Replaces the accepts. A listener needs its accept (CLOUDSTACK-8947): call this after every change of the rules. */
  async openPorts(rules: readonly RuleRecord[]): Promise<void> {
    const accepts = rules.map(
      ({ ip, port }) => `-A ${CHAIN} -d ${ip}/32 -p tcp -m tcp --dport ${port} -m conntrack --ctstate NEW -j ACCEPT`,
    );
    const { packetFilter } = this.#dataPlane;
    await packetFilter.restore(['*filter', `:${CHAIN} - [0:0]`, ...accepts, 'COMMIT', ''].join('\n'));
    if ((await packetFilter.run(['-C', 'INPUT', '-j', CHAIN])) !== 0) {
      await packetFilter.run(['-A', 'INPUT', '-j', CHAIN]);
    }
  }

  #putMembers(proxy: ListenProxy, rule: RuleRecord): void {
    const now = this.#worker.now();
    const wanted = new Map(rule.members.map((member) => [member.vm, member]));
    for (const server of [...proxy.servers]) {
      const member = wanted.get(server.name);
      if (member?.ip === server.ip && member.port === server.port) continue;
      this.#worker.closeSessions(server);
      proxy.removeServer(server);
    }
    for (const member of rule.members) {
      let server = proxy.servers.find(({ name }) => name === member.vm);
      if (!server) {
        this.#lastServerId += 1;
        server = proxy.addServer(memberSpec(member), this.#lastServerId);
        server.checking = true;
      }
      server.weight = member.weight ?? 1;
      server.setState(states[member.state], now);
      if (member.state === 'maintenance') this.#worker.closeSessions(server);
    }
    proxy.computeCookies();
  }

  #replaceTable(proxy: ListenProxy, spec: StickTable['spec']): void {
    const table = this.#worker.putTable(proxy.name, spec);
    if (proxy.table?.spec.length === spec.length) table.learn(proxy.table?.entries(this.#worker.now()) ?? []);
    proxy.table = table;
  }

  /**
   * Binds the clients of a rule that became source-based while they hold connections: each client stays on the server
   * of its oldest connection, and its connections to other servers end.
   */
  #bindHeld(proxy: ListenProxy): void {
    const now = this.#worker.now();
    for (const { peer, server } of proxy.connections) {
      if (server && !proxy.table?.use(peer.ip, now)) proxy.table?.store(peer.ip, server, now);
    }
    this.#closeAll(
      proxy,
      ({ peer, server }) => server !== undefined && proxy.table?.use(peer.ip, now)?.serverId !== server.id,
    );
  }

  #closeAll(proxy: ListenProxy, which: (connection: Connection) => boolean): void {
    for (const connection of [...proxy.connections]) if (which(connection)) this.#worker.close(connection);
  }
}

/** Whether the proxy recognises clients by their address. */
const isBySource = ({ stick }: ProxySpec): boolean => stick.some(({ key }) => key === 'source');

function sameTable(table: StickTable | undefined, spec: StickTable['spec']): boolean {
  const { length, size, expireMs } = table?.spec ?? {};
  return length === spec.length && size === spec.size && expireMs === spec.expireMs;
}

import { databagOf, defaultSettings, type LoadBalancerSettings } from '@limpet/cloudstack';
import type { CommandResult, PutRule, RemoveRule, RuleKey, RuleStatus, SyncRules } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { capabilitiesOf } from '@limpet/haproxy';
import { ruleId } from '../names.ts';
import type { Router, RouterStats } from '../router.ts';
import { type CloudStackPaths, configure } from './configure.ts';
import type { RuleChange } from './end-held-connections.ts';
import { type CloudStackVersion, type KnownDefects, versions } from './known-defects.ts';
import { loadRows, saveRows } from './rows.ts';
import { putRule, type RuleTable, removeRule, syncRules, type Transition } from './rule-table.ts';
import { isPushed, type Subject, sentRules, storedRule } from './sent-rules.ts';
import { believedStatus, refusedStatus, removedStatus } from './status.ts';
import { peersSection } from './takeover.ts';

/** What CloudStack's router is opened with. */
export interface CloudStackRouterOptions {
  dataPlane: DataPlane;
  /** Default: CloudStack's own paths below `/etc`. */
  paths?: CloudStackPaths;
  /** Settings that differ from the defaults of CloudStack 4.19.1. */
  settings?: Partial<
    Pick<
      LoadBalancerSettings,
      'maxconn' | 'keepAliveEnabled' | 'stats' | 'routerIp' | 'omit' | 'statsSocket' | 'withoutClientCas'
    >
  >;
  /** Default: `4.19.1`. */
  version?: CloudStackVersion;
  /** Switches that differ from the version's. */
  knownDefects?: Partial<KnownDefects>;
}

/** Where CloudStack's virtual router has its files. */
export const defaultPaths: CloudStackPaths = {
  config: '/etc/haproxy/haproxy.cfg',
  databag: '/etc/cloudstack/loadbalancer.json',
};

/**
 * Opens a copy of CloudStack's management server and virtual router, as far as load balancer rules go. Each command
 * changes the stored rules, then sends and installs the full set; commands run one after the other. A router that is
 * opened again reads its stored rules, and sends them when HAProxy is not running.
 *
 * Answers are CloudStack's: `applied`, with `InForce` unknown, whatever the data plane does. `refused` and `superseded`
 * occur only when the known defects `ignoreReloadResult` and `staleSnapshotWins` are off; `InForce` is True only
 * without `unverified`. Rejects when files cannot be written or iptables cannot be run.
 */
export async function createCloudStackRouter(options: CloudStackRouterOptions): Promise<Router> {
  const { dataPlane, paths = defaultPaths } = options;
  const knownDefects: KnownDefects = { ...versions[options.version ?? '4.19.1'], ...options.knownDefects };
  const told = { ...defaultSettings, ...options.settings };
  const withoutClientCas = told.withoutClientCas === true && (await hasHttpClient(dataPlane));
  const settings: LoadBalancerSettings = { ...told, withoutClientCas, ...dialectOf(knownDefects) };
  const table = await loadRows(dataPlane.files, rowsPath(paths));
  const router = new CloudStackRouter({ dataPlane, paths, knownDefects, settings }, table);
  await router.start();
  return router;
}

/** An older HAProxy has no client that reads CAs, and refuses the line that keeps it from doing so. */
const hasHttpClient = async ({ haproxy }: DataPlane): Promise<boolean> =>
  capabilitiesOf(await haproxy.version()).supported.has('httpClient');

/** What a router is opened with, defaults filled in. */
interface RouterEnvironment {
  dataPlane: DataPlane;
  paths: CloudStackPaths;
  knownDefects: KnownDefects;
  settings: LoadBalancerSettings;
}

class CloudStackRouter implements Router {
  readonly #environment: RouterEnvironment;
  readonly #lastWins: boolean;
  #table: RuleTable;
  /** When each rule was first answered, by rule id. ISO 8601. */
  readonly #since = new Map<string, string>();
  /** Ids of rules whose CIDR list was changed after their creation. */
  readonly #updatedCidrs = new Set<string>();
  /** Changes that were refused and taken back, by rule id, until the rule is sent again. */
  readonly #refusals = new Map<string, RuleStatus>();
  #reloads = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(environment: RouterEnvironment, table: RuleTable) {
    this.#environment = environment;
    this.#lastWins = environment.knownDefects.staleSnapshotWins;
    this.#table = table;
  }

  /** VirtualNetworkApplianceManagerImpl.finalizeNetworkRulesForNetwork: a router that starts gets all rules. */
  start(): Promise<void> {
    return this.#serially(async () => {
      const table = this.#table;
      await this.#store(table);
      if (table.rules.size > 0 && !(await this.#environment.dataPlane.haproxy.running())) {
        await this.#send({ table, removed: [] }, undefined);
      }
    });
  }

  putRule(command: PutRule): Promise<CommandResult> {
    return this.#serially(() => this.#put(command));
  }

  removeRule(command: RemoveRule): Promise<CommandResult> {
    return this.#serially(() => this.#remove(command));
  }

  syncRules(command: SyncRules): Promise<CommandResult> {
    return this.#serially(() => this.#sync(command));
  }

  reportRules(): Promise<CommandResult> {
    return this.#serially(async () => ({ outcome: 'applied', rules: this.#allStatuses() }));
  }

  stats(): RouterStats {
    return { reloads: this.#reloads, runtimeOps: 0 };
  }

  close(): Promise<void> {
    return this.#serially(() => this.#environment.dataPlane.haproxy.stop());
  }

  async #put({ rule: asked, generation }: PutRule): Promise<CommandResult> {
    const { knownDefects } = this.#environment;
    const id = ruleId(asked);
    const before = this.#table.rules.get(id)?.rule;
    const rule = storedRule(asked, before, knownDefects);
    const transition = putRule(this.#table, { rule, generation }, this.#lastWins);
    if (!transition || this.#isStale(id, generation)) return { outcome: 'superseded', rules: this.#statuses(id) };
    if (before && before.cidrs.join() !== rule.cidrs.join()) this.#updatedCidrs.add(id);
    if (isPushed(rule, before, knownDefects)) {
      const problem = await this.#send(transition, rule);
      if (problem !== undefined) return { outcome: 'refused', rules: [this.#refuse(rule, generation, problem)] };
    } else await this.#store(transition.table);
    this.#refusals.delete(id);
    return { outcome: 'applied', rules: this.#statuses(id) };
  }

  async #remove({ key, generation }: RemoveRule): Promise<CommandResult> {
    const id = ruleId(key);
    const transition = removeRule(this.#table, key, generation, this.#lastWins);
    if (!transition || this.#isStale(id, generation)) return { outcome: 'superseded', rules: this.#statuses(id) };
    const problem = await this.#send(transition, key);
    if (problem !== undefined) return { outcome: 'refused', rules: [this.#refuse(key, generation, problem)] };
    this.#updatedCidrs.delete(id);
    this.#refusals.delete(id);
    return { outcome: 'applied', rules: [removedStatus(key, generation)] };
  }

  async #sync({ snapshot }: SyncRules): Promise<CommandResult> {
    const transition = syncRules(this.#table, snapshot, this.#lastWins);
    if (!transition) return { outcome: 'superseded', rules: this.#allStatuses() };
    const problem = await this.#send(transition, undefined);
    if (problem !== undefined) {
      const refused = snapshot.rules.map((row) => this.#refuse(row.rule, row.generation, problem));
      return { outcome: 'refused', rules: refused };
    }
    for (const [id, { generation }] of this.#refusals) {
      if (generation <= snapshot.revision) this.#refusals.delete(id);
    }
    return { outcome: 'applied', rules: this.#allStatuses() };
  }

  /**
   * Sends and installs the rules that go with a transition, and stores its table unless they are rejected.
   *
   * @param subject the rule that the command is about.
   * @returns why the configuration was rejected, or undefined.
   */
  async #send({ table, removed }: NonNullable<Transition>, subject: Subject): Promise<string | undefined> {
    const { dataPlane, paths, knownDefects, settings } = this.#environment;
    const rules = sentRules(table, subject, this.#updatedCidrs, knownDefects);
    const queueFile = databagOf(rules, settings, { removed, now: dataPlane.clock.now() });
    const problem = await configure(queueFile.rules[0]!, {
      dataPlane,
      paths,
      knownDefects,
      onReload: () => {
        this.#reloads += 1;
      },
      changes: changesBetween(this.#table, table),
    });
    if (problem === undefined) await this.#store(table);
    return problem;
  }

  async #store(table: RuleTable): Promise<void> {
    const { dataPlane, paths } = this.#environment;
    await saveRows(dataPlane.files, rowsPath(paths), table);
    this.#table = table;
    const now = this.#now();
    for (const id of table.rules.keys()) if (!this.#since.has(id)) this.#since.set(id, now);
    for (const id of this.#since.keys()) if (!table.rules.has(id)) this.#since.delete(id);
  }

  /** The status of a refused change, which is kept unless a newer one was refused before. */
  #refuse(key: RuleKey, generation: number, problem: string): RuleStatus {
    const id = ruleId(key);
    const status = refusedStatus(key, generation, problem, this.#now(), this.#table.rules.get(id)?.generation);
    if (!this.#isStale(id, generation)) this.#refusals.set(id, status);
    return status;
  }

  /** Whether a newer generation was refused: an older one that arrives late must not take its place. */
  #isStale(id: string, generation: number): boolean {
    return !this.#lastWins && generation < (this.#refusals.get(id)?.generation ?? 0);
  }

  /** The rule's status, or none when the rule is not stored. */
  #statuses(id: string): RuleStatus[] {
    const row = this.#table.rules.get(id);
    return row ? [believedStatus(row, this.#since.get(id)!, !this.#environment.knownDefects.unverified)] : [];
  }

  #allStatuses(): RuleStatus[] {
    const ids = new Set([...this.#table.rules.keys(), ...this.#refusals.keys()]);
    return [...ids].flatMap((id) => this.#refusals.get(id) ?? this.#statuses(id));
  }

  #now(): string {
    return new Date(this.#environment.dataPlane.clock.now()).toISOString();
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

const rowsPath = ({ databag }: CloudStackPaths): string => `${databag}.rows`;

/** How the configuration is written with these defects. */
function dialectOf(knownDefects: KnownDefects) {
  return {
    serverNames: knownDefects.positionalNames ? 'positional' : 'vm',
    protocolFromPort: knownDefects.protocolFromPort,
    appCookie: knownDefects.appSession ? 'appsession' : 'stick-table',
    limits: knownDefects.globalLimits ? 'router' : 'rule',
    memberStates: !knownDefects.drainIsRemoval,
    ...(knownDefects.noPeers
      ? {}
      : { peers: { section: peersSection, peer: 'vr', address: '127.0.0.1', port: 10_000 } }),
  } as const satisfies Partial<LoadBalancerSettings>;
}

function changesBetween(before: RuleTable, after: RuleTable): RuleChange[] {
  const ids = new Set([...before.rules.keys(), ...after.rules.keys()]);
  return [...ids].map((id) => ({ before: before.rules.get(id)?.rule, after: after.rules.get(id)?.rule }));
}

import { databagOf, defaultSettings, type LoadBalancerSettings } from '@limpet/cloudstack';
import type { CommandResult, PutRule, RemoveRule, RuleKey, RuleStatus, SyncRules } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { ruleId } from '../names.ts';
import type { Router } from '../router.ts';
import { type CloudStackPaths, converge } from './configure.ts';
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
  /** Beside the defaults of CloudStack 4.19.1. */
  settings?: Partial<
    Pick<LoadBalancerSettings, 'maxconn' | 'keepAliveEnabled' | 'stats' | 'routerIp' | 'omit' | 'statsSocket'>
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
 * CloudStack's management server and its virtual router, as far as load balancer rules go: each command changes the
 * stored rules, and the full set is then sent and converged, one command after the other. When it is opened again it has
 * the rules that it stored, and sends them if HAProxy does not run.
 *
 * Answers are CloudStack's: `applied`, with `InForce` unknown, whatever the data plane does. `refused` and `superseded`
 * occur only when the deviations `ignoreReloadResult` and `staleSnapshotWins` are off, `InForce` is True only without
 * `unverified`. Rejects when files cannot be written or iptables cannot be run.
 */
export async function createCloudStackRouter(options: CloudStackRouterOptions): Promise<Router> {
  const { dataPlane, paths = defaultPaths } = options;
  const knownDefects: KnownDefects = { ...versions[options.version ?? '4.19.1'], ...options.knownDefects };
  const settings: LoadBalancerSettings = { ...defaultSettings, ...options.settings, ...dialectOf(knownDefects) };
  const lastWins = knownDefects.staleSnapshotWins;
  const rows = `${paths.databag}.rows`;
  const since = new Map<string, string>();
  const updatedCidrs = new Set<string>();
  /** Changes that were refused and taken back, by rule, until the rule is sent again. */
  const refusals = new Map<string, RuleStatus>();
  let table = await loadRows(dataPlane.files, rows);
  let reloads = 0;
  let queue: Promise<unknown> = Promise.resolve();

  function serially<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  }

  const now = () => new Date(dataPlane.clock.now()).toISOString();
  const known = (id: string) => {
    const row = table.rules.get(id);
    return row ? [believedStatus(row, since.get(id)!, !knownDefects.unverified)] : [];
  };
  const everyRule = () =>
    [...new Set([...table.rules.keys(), ...refusals.keys()])].flatMap((id) => refusals.get(id) ?? known(id));

  async function store(next: RuleTable): Promise<void> {
    await saveRows(dataPlane.files, rows, next);
    table = next;
    const time = now();
    for (const id of next.rules.keys()) if (!since.has(id)) since.set(id, time);
    for (const id of since.keys()) if (!next.rules.has(id)) since.delete(id);
  }

  /**
   * Stores a transition and sends what goes with it.
   *
   * @param subject the rule that the command is about.
   * @returns why it was refused, or undefined.
   */
  async function send(
    { table: next, removed }: NonNullable<Transition>,
    subject: Subject,
  ): Promise<string | undefined> {
    const rules = sentRules(next, subject, updatedCidrs, knownDefects);
    const queueFile = databagOf(rules, settings, { removed, now: dataPlane.clock.now() });
    const onReload = () => {
      reloads += 1;
    };
    const changes = changesBetween(table, next);
    const problem = await converge(queueFile.rules[0]!, { dataPlane, paths, knownDefects, onReload, changes });
    if (problem === undefined) await store(next);
    return problem;
  }

  function refused(key: RuleKey, generation: number, problem: string): RuleStatus {
    const id = ruleId(key);
    const status = refusedStatus(key, generation, problem, now(), table.rules.get(id)?.generation);
    if (!comesLate(id, generation)) refusals.set(id, status);
    return status;
  }

  /** Whether a newer version was refused: an older one that comes late must not take its place. */
  function comesLate(id: string, generation: number): boolean {
    return !lastWins && generation < (refusals.get(id)?.generation ?? 0);
  }

  async function onPut({ rule: asked, generation }: PutRule): Promise<CommandResult> {
    const id = ruleId(asked);
    const before = table.rules.get(id)?.rule;
    const rule = storedRule(asked, before, knownDefects);
    const transition = putRule(table, { rule, generation }, lastWins);
    if (!transition || comesLate(id, generation)) return { outcome: 'superseded', rules: known(id) };
    if (before && before.cidrs.join() !== rule.cidrs.join()) updatedCidrs.add(id);
    if (isPushed(rule, before, knownDefects)) {
      const problem = await send(transition, rule);
      if (problem !== undefined) return { outcome: 'refused', rules: [refused(rule, generation, problem)] };
    } else await store(transition.table);
    refusals.delete(id);
    return { outcome: 'applied', rules: known(id) };
  }

  async function onRemove({ key, generation }: RemoveRule): Promise<CommandResult> {
    const transition = removeRule(table, key, generation, lastWins);
    if (!transition || comesLate(ruleId(key), generation)) {
      return { outcome: 'superseded', rules: known(ruleId(key)) };
    }
    const problem = await send(transition, key);
    if (problem !== undefined) return { outcome: 'refused', rules: [refused(key, generation, problem)] };
    updatedCidrs.delete(ruleId(key));
    refusals.delete(ruleId(key));
    return { outcome: 'applied', rules: [removedStatus(key, generation)] };
  }

  async function onSync({ snapshot }: SyncRules): Promise<CommandResult> {
    const transition = syncRules(table, snapshot, lastWins);
    if (!transition) return { outcome: 'superseded', rules: everyRule() };
    const problem = await send(transition, undefined);
    if (problem === undefined) {
      for (const [id, { generation }] of refusals) if (generation <= snapshot.revision) refusals.delete(id);
      return { outcome: 'applied', rules: everyRule() };
    }
    return { outcome: 'refused', rules: snapshot.rules.map((row) => refused(row.rule, row.generation, problem)) };
  }

  /** VirtualNetworkApplianceManagerImpl.finalizeNetworkRulesForNetwork: a router that starts gets all rules. */
  async function onStart(): Promise<void> {
    await store(table);
    if (table.rules.size > 0 && !(await dataPlane.haproxy.running())) await send({ table, removed: [] }, undefined);
  }

  await serially(onStart);
  return {
    putRule: (command) => serially(() => onPut(command)),
    removeRule: (command) => serially(() => onRemove(command)),
    syncRules: (command) => serially(() => onSync(command)),
    reportRules: () => serially(async () => ({ outcome: 'applied', rules: everyRule() })),
    stats: () => ({ reloads, runtimeOps: 0 }),
    close: () => serially(() => dataPlane.haproxy.stop()),
  };
}

/** How the configuration is written. */
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

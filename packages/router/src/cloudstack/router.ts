import { databagOf, defaultSettings, type LoadBalancerSettings } from '@limpet/cloudstack';
import type { CommandResult, PutRule, RemoveRule, RuleKey, SyncRules } from '@limpet/contract';
import type { DataPlane } from '../dataplane.ts';
import { ruleId } from '../names.ts';
import type { Router } from '../router.ts';
import { type CloudStackPaths, converge } from './convergence.ts';
import { type CloudStackVersion, type Deviations, versions } from './deviations.ts';
import { emptyTable, putRule, removeRule, syncRules, type Transition } from './rule-table.ts';
import { believedStatus, refusedStatus, removedStatus } from './status.ts';

export interface CloudStackRouterOptions {
  dataPlane: DataPlane;
  /** Default: CloudStack's own paths below `/etc`. */
  paths?: CloudStackPaths;
  /** Beside the defaults of CloudStack 4.19.1. */
  settings?: Partial<Omit<LoadBalancerSettings, 'serverNames' | 'peers'>>;
  /** Default: `4.19.1`. */
  version?: CloudStackVersion;
  /** Switches that differ from the version's. */
  deviations?: Partial<Deviations>;
}

export const defaultPaths: CloudStackPaths = {
  config: '/etc/haproxy/haproxy.cfg',
  databag: '/etc/cloudstack/loadbalancer.json',
};

/**
 * CloudStack's management server and its virtual router, as far as load balancer rules go: each command changes the
 * stored rules, and the full set is then sent and converged, one command after the other.
 *
 * Answers are CloudStack's: `applied`, with `InForce` unknown, whatever the data plane does. `refused` and `superseded`
 * occur only when the deviations `ignoreReloadResult` and `staleSnapshotWins` are off. Rejects when files cannot be
 * written or iptables cannot be run.
 */
export async function createCloudStackRouter(options: CloudStackRouterOptions): Promise<Router> {
  const { dataPlane, paths = defaultPaths } = options;
  const deviations: Deviations = { ...versions[options.version ?? '4.19.1'], ...options.deviations };
  const settings: LoadBalancerSettings = {
    ...defaultSettings,
    ...options.settings,
    serverNames: deviations.positionalNames ? 'positional' : 'vm',
    ...(deviations.noPeers ? {} : { peers: { section: 'lb', peer: 'vr', address: '127.0.0.1', port: 10_000 } }),
  };
  const lastWins = deviations.staleSnapshotWins;
  const since = new Map<string, string>();
  let table = emptyTable;
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
    return row ? [believedStatus(row, since.get(id)!)] : [];
  };
  const everyRule = () => [...table.rules.keys()].flatMap(known);

  /** Stores a transition and sends the full set. @returns why it was refused, or undefined. */
  async function send({ table: next, removed }: NonNullable<Transition>): Promise<string | undefined> {
    const rules = [...next.rules.values()].map((row) => row.rule);
    const queueFile = databagOf(rules, settings, { removed, now: dataPlane.clock.now() });
    const onReload = () => {
      reloads += 1;
    };
    const problem = await converge(queueFile.rules[0]!, { dataPlane, paths, deviations, onReload });
    if (problem !== undefined) return problem;
    table = next;
    const time = now();
    for (const id of next.rules.keys()) if (!since.has(id)) since.set(id, time);
    for (const key of removed) since.delete(ruleId(key));
    return undefined;
  }

  function refused(key: RuleKey, generation: number, problem: string) {
    return refusedStatus(key, generation, problem, now(), table.rules.get(ruleId(key))?.generation);
  }

  async function onPut({ rule, generation }: PutRule): Promise<CommandResult> {
    const id = ruleId(rule);
    const transition = putRule(table, { rule, generation }, lastWins);
    if (!transition) return { outcome: 'superseded', rules: known(id) };
    const problem = await send(transition);
    if (problem !== undefined) return { outcome: 'refused', rules: [refused(rule, generation, problem)] };
    return { outcome: 'applied', rules: known(id) };
  }

  async function onRemove({ key, generation }: RemoveRule): Promise<CommandResult> {
    const transition = removeRule(table, key, generation, lastWins);
    if (!transition) return { outcome: 'superseded', rules: known(ruleId(key)) };
    const problem = await send(transition);
    if (problem !== undefined) return { outcome: 'refused', rules: [refused(key, generation, problem)] };
    return { outcome: 'applied', rules: [removedStatus(key, generation)] };
  }

  async function onSync({ snapshot }: SyncRules): Promise<CommandResult> {
    const transition = syncRules(table, snapshot, lastWins);
    if (!transition) return { outcome: 'superseded', rules: everyRule() };
    const problem = await send(transition);
    if (problem === undefined) return { outcome: 'applied', rules: everyRule() };
    return { outcome: 'refused', rules: snapshot.rules.map((row) => refused(row.rule, row.generation, problem)) };
  }

  return {
    putRule: (command) => serially(() => onPut(command)),
    removeRule: (command) => serially(() => onRemove(command)),
    syncRules: (command) => serially(() => onSync(command)),
    reportRules: () => serially(async () => ({ outcome: 'applied', rules: everyRule() })),
    stats: () => ({ reloads, runtimeOps: 0 }),
    close: () => serially(() => dataPlane.haproxy.stop()),
  };
}

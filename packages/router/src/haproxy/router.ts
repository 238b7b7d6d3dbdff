import { isDeepStrictEqual } from 'node:util';
import type { CommandResult, PutRule, RemoveRule, SyncRules } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { capabilitiesOf } from '@limpet/haproxy';
import { type DesiredRule, highestGeneration, type Verdict } from '../desired.ts';
import { RouterError } from '../errors.ts';
import { keyOf, ruleId } from '../names.ts';
import type { Router, RouterStats } from '../router.ts';
import { StatusBoard } from '../status-board.ts';
import { checkSettings, parseSettings } from './config/check-settings.ts';
import { type RouterPaths, routerPaths } from './config/paths.ts';
import { defaultSettings, haproxySettingsOf, type RouterSettings } from './config/settings.ts';
import { BlockadeFinder } from './firewall/blockades.ts';
import { noActivity, type RouterActivity, reloadsIn } from './reconcile/activity.ts';
import type { RouterContext } from './reconcile/context.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { RouterState } from './reconcile/router-state.ts';
import { type RuleStep, RuleTrace } from './reconcile/rule-trace.ts';
import { WorkerSessions } from './runtime/sessions.ts';
import { Counters, type RuleCounters } from './state/counters.ts';
import { StoredState } from './state/stored-state.ts';
import type { MemberHealth } from './verify/members.ts';

/** What Limpet's router is opened with. */
export interface HaproxyRouterOptions {
  dataPlane: DataPlane;
  /** The folder of the router's files and sockets, HAProxy's among them. Absolute. */
  dir: string;
  settings?: Partial<RouterSettings>;
  /** Told what happens to rules, at the points from which on it counts. It must not throw. */
  observe?: (step: RuleStep) => void;
}

/** The id of a rule, and the generation of a command about it. */
type VersionedId = readonly [id: string, generation: number];

/** Limpet's own router. */
export interface HaproxyRouter extends Router {
  /** Waits until the router is idle, then frees its resources, and leaves HAProxy and iptables as they are. */
  detach(): Promise<void>;
  /** The desired rules by rule id, and the highest generation that was ever used. */
  desired(): { rules: Readonly<Record<string, DesiredRule>>; generation: number };
  /** What it has done since it was opened. */
  activity(): RouterActivity;
  /** Milliseconds since the epoch when the round that it does now began; undefined when it waits. A round that hangs ages. */
  busySince(): number | undefined;
  /** What of the host keeps the router from bringing about what is desired, which it tries again; undefined: nothing. */
  fault(): string | undefined;
  /** By rule id, how the members were at the last look. */
  members(): ReadonlyMap<string, MemberHealth>;
  /** Traffic through each rule since its creation. Rejects when HAProxy runs and does not answer. */
  counters(): Promise<RuleCounters[]>;
}

/**
 * Limpet's own router: desired -> plan -> apply -> verify. Commands only change the desired state. They are answered
 * when their rules are in force, also for held connections, or refused.
 */
class ReconcilingRouter implements HaproxyRouter {
  readonly #context: RouterContext;
  readonly #reconciler: Reconciler;
  readonly #release: () => Promise<void>;

  /** @param release closes the store, and releases the lock on this router. */
  constructor(context: RouterContext, release: () => Promise<void>) {
    this.#context = context;
    this.#release = release;
    this.#reconciler = new Reconciler(context);
    const { desired, inForce } = context.state.store;
    if (Object.keys(desired.rules).length + Object.keys(inForce).length > 0) this.#reconciler.enqueue();
  }

  putRule(command: PutRule): Promise<CommandResult> {
    this.#checkOpen();
    return this.#take((state) => state.putRule(command), { puts: [[ruleId(command.rule), command.generation]] });
  }

  removeRule(command: RemoveRule): Promise<CommandResult> {
    this.#checkOpen();
    const removals = [[ruleId(command.key), command.generation]] as const;
    return this.#take((state) => state.removeRule(command), { removals: () => removals });
  }

  syncRules({ snapshot }: SyncRules): Promise<CommandResult> {
    this.#checkOpen();
    const puts = snapshot.rules.map(({ rule, generation }) => [ruleId(rule), generation] as const);
    const { desired } = this.#context.state.store;
    const known = Object.keys(desired.rules);
    const removals = () => known.filter((id) => !desired.rules[id]).map((id) => [id, snapshot.revision] as const);
    return this.#take((state) => state.syncRules(snapshot), { puts, removals });
  }

  async reportRules(): Promise<CommandResult> {
    const { board, state } = this.#context;
    return {
      outcome: 'applied',
      rules: Object.keys(state.store.desired.rules).map((id) => board.status(id, keyOf(id))),
    };
  }

  stats(): RouterStats {
    const { activity } = this.#context;
    return { reloads: reloadsIn(activity), runtimeOps: activity.runtimeOps };
  }

  activity(): RouterActivity {
    return structuredClone(this.#context.activity);
  }

  busySince(): number | undefined {
    return this.#reconciler.busySince;
  }

  fault(): string | undefined {
    return this.#reconciler.fault;
  }

  members(): ReadonlyMap<string, MemberHealth> {
    return this.#context.state.members;
  }

  async detach(): Promise<void> {
    await this.#reconciler.idle();
    await this.#context.counters.refresh().catch(() => {}); // HAProxy may be gone
    await this.#end();
    await this.#release();
  }

  async close(): Promise<void> {
    await this.#end();
    await this.#context.dataPlane.haproxy.stop();
    await this.#release();
  }

  /** Stops at once, as if the process had ended: another router of this process has taken the lock. */
  yield(): void {
    void this.#end();
  }

  desired(): { rules: Readonly<Record<string, DesiredRule>>; generation: number } {
    const { desired, inForce } = this.#context.state.store;
    return { rules: { ...desired.rules }, generation: highestGeneration(desired, inForce) };
  }

  counters(): Promise<RuleCounters[]> {
    return this.#context.counters.read();
  }

  async #end(): Promise<void> {
    const { board, counters, state } = this.#context;
    state.close();
    board.close();
    await this.#reconciler.close();
    counters.close();
  }

  #checkOpen(): void {
    if (this.#context.state.closed) throw new RouterError('ROUTER_CLOSED', 'the router is closed; open it again');
  }

  /** @param named rule ids and generations: those that are put, and those that are gone after the change */
  #take(
    change: (state: RouterState) => Verdict,
    { puts = [], removals = () => [] }: { puts?: readonly VersionedId[]; removals?: () => readonly VersionedId[] },
  ): Promise<CommandResult> {
    const { state, trace } = this.#context;
    const { desired } = state.store;
    const before = new Map(puts.flatMap(([id]) => (desired.rules[id] ? [[id, desired.rules[id].generation]] : [])));
    const verdict = change(state);
    const gone = removals();
    trace.taken(before, { puts, removals: gone });
    return this.#accept(verdict, [...puts, ...gone]);
  }

  async #accept(verdict: Verdict, ids: readonly VersionedId[]): Promise<CommandResult> {
    const { board } = this.#context;
    if (verdict === 'superseded') {
      return { outcome: 'superseded', rules: ids.map(([id]) => board.status(id, keyOf(id))) };
    }
    const waits = ids.map(([id, generation]) => {
      // A refused rule that is sent again is tried again (apache/cloudstack#4285, where it was not).
      if (board.reopen(id, generation)) this.#reconciler.retry(id);
      return board.wait(id, keyOf(id), generation);
    });
    this.#reconciler.enqueue();
    if (waits.length === 0) await this.#reconciler.idle(); // the snapshot's revision has to be on disk as well
    const settled = await Promise.all(waits);
    const refusal = settled.some(({ outcome }) => outcome === 'refused');
    return { outcome: refusal ? 'refused' : 'applied', rules: settled.map(({ status }) => status) };
  }
}

/**
 * Opens Limpet's router on a data plane. It reads its desired state from `dir`, and reconciles at once. Only one
 * process at a time can open a router; within a process, the router that was opened last replaces those before it.
 *
 * @throws RouterError `ROUTER_LOCKED`, `ROUTER_SETTINGS_INVALID`, `ROUTER_STATE_UNREADABLE`; HaproxyError
 * `HAPROXY_VERSION`: HAProxy cannot be run, or is older than every known branch.
 */
export async function createHaproxyRouter({
  dataPlane,
  dir,
  settings,
  observe = () => {},
}: HaproxyRouterOptions): Promise<HaproxyRouter> {
  const all = parseSettings({ ...defaultSettings, ...settings });
  const paths = routerPaths(dir);
  let router: ReconcilingRouter | undefined;
  const lock = await dataPlane.files.lock(paths.lock, () => router?.yield());
  if ('heldBy' in lock) {
    throw new RouterError(
      'ROUTER_LOCKED',
      `process ${lock.heldBy} drives the router in ${dir}; wait until it has ended, or end it`,
    );
  }
  const storedState = new StoredState(dataPlane, paths);
  const release = async (): Promise<void> => {
    await storedState.close();
    await lock.release();
  };
  try {
    const context = await openContext(dataPlane, paths, { settings: all, storedState, observe });
    router = new ReconcilingRouter(context, release);
    return router;
  } catch (error) {
    await release();
    throw error;
  }
}

interface Observed {
  observe: (step: RuleStep) => void;
}

async function openContext(
  dataPlane: DataPlane,
  paths: RouterPaths,
  { settings, storedState, observe }: Pick<RouterContext, 'settings' | 'storedState'> & Observed,
): Promise<RouterContext> {
  const store = await storedState.open();
  const told = haproxySettingsOf(settings);
  const haproxy = capabilitiesOf(await dataPlane.haproxy.version());
  if (!isDeepStrictEqual(told, store.settings ?? haproxySettingsOf(defaultSettings))) {
    await checkSettings(dataPlane, paths, settings, haproxy);
  }
  const state = new RouterState({ ...store, settings: told });
  return {
    dataPlane,
    paths,
    settings,
    haproxy,
    state,
    storedState,
    workerSessions: new WorkerSessions(
      dataPlane.haproxy,
      dataPlane.clock,
      settings.timeouts.clientMs || Number.POSITIVE_INFINITY,
    ),
    counters: await Counters.open(dataPlane, paths.counters, () => state.known()),
    blockadeFinder: new BlockadeFinder(dataPlane),
    board: new StatusBoard(dataPlane.clock),
    descriptorLimit: await dataPlane.descriptorLimit(),
    activity: noActivity(),
    trace: new RuleTrace(observe, () => state.store.desired),
  };
}

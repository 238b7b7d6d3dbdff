import { conditionFalse, conditionTrue, isFailure } from '../../conditions.ts';
import { type DesiredRule, wantedGeneration } from '../../desired.ts';
import { RouterError } from '../../errors.ts';
import { keyOf, proxyName } from '../../names.ts';
import { type Drain, drainSessions } from '../drain/drain.ts';
import { deleteOp } from '../runtime/commands.ts';
import { verifyAffinity } from '../verify/affinity.ts';
import { reachability } from '../verify/reachability.ts';
import { type RouterContext, setConditions } from './context.ts';
import { nextPhase, type RolloutEvent, type RolloutPhase } from './rollout-phases.ts';
import type { WorkLoop } from './work-loop.ts';

/** A change of a rule that HAProxy and iptables have just been given. */
export interface Change {
  id: string;
  generation: number;
  /** What was programmed before. */
  before: DesiredRule | undefined;
  drains: readonly Drain[];
  /** Servers of members that have left. They are in maintenance, and take no new connections. */
  leaving: readonly string[];
}

/** One change on its way; `rollout-phases.ts` has the table. */
class RuleRollout {
  readonly change: Change;
  /** The version that is rolled out; undefined: the rule goes. */
  readonly rule: DesiredRule | undefined;
  /** How often it has failed, this try and those that it superseded. */
  failures: number;
  /** Looks for drift until a failed one is due again. */
  looks = Number.POSITIVE_INFINITY;
  #phase: RolloutPhase = 'draining';

  constructor(change: Change, rule: DesiredRule | undefined, failures: number) {
    this.change = change;
    this.rule = rule;
    this.failures = failures;
  }

  get superseded(): boolean {
    return this.#phase === 'superseded';
  }

  /** True while it is still to answer the commands that wait for it. */
  get isOpen(): boolean {
    return this.#phase !== 'notInForce';
  }

  on(event: RolloutEvent): void {
    this.#phase = nextPhase(this.#phase, event);
  }
}

/** A verification that fails again and again is tried ever more seldom, down to this. */
const slowestRetryMs = 60_000;

/**
 * Sees changes through to being in force, each rule by itself: drains held connections, verifies the rule by probes, then
 * sets its `InForce` condition and answers its commands.
 */
export class Rollout {
  readonly #context: RouterContext;
  readonly #loop: Pick<WorkLoop, 'enqueue' | 'round'>;
  /** By rule id, the rollout that is not in force yet. */
  readonly #rollouts = new Map<string, RuleRollout>();
  /** Drains under way. One of an earlier change holds back a later change too, and is not begun twice. */
  readonly #drains = new Map<Drain, Promise<number>>();
  /** By rule id, the verification under way: two sets of probes would see each other. */
  readonly #verifications = new Map<string, Promise<void>>();

  /** @param loop reconciles again when the store has changed, or HAProxy is gone. */
  constructor(context: RouterContext, loop: Pick<WorkLoop, 'enqueue' | 'round'>) {
    this.#context = context;
    this.#loop = loop;
  }

  /** True while a change of the rule is not in force. */
  isProgressing(id: string): boolean {
    return this.#rollouts.has(id);
  }

  /** The generation whose commands a rollout of the rule is still to answer; undefined: there is no such rollout. */
  generationToAnswer(id: string): number | undefined {
    const rollout = this.#rollouts.get(id);
    return rollout?.isOpen ? rollout.change.generation : undefined;
  }

  /** Ends every rollout where it is: HAProxy is gone with all its connections, or the router is closed. */
  supersedeAll(): void {
    for (const rollout of this.#rollouts.values()) rollout.on('superseded');
    this.#rollouts.clear();
  }

  /** Begins a rollout. It takes over what an earlier one of the same rule has left to do. */
  start(latest: Change): void {
    this.#context.board.unsettle(latest.id, latest.generation);
    void this.#run(this.#supersede(latest));
  }

  /** The same generation was sent again: verifies it once more, unless a newer one is about to be programmed. */
  retry(id: string): void {
    const { programmed, store } = this.#context.state;
    if (programmed.get(id)?.generation === store.desired.rules[id]?.generation) this.again(id);
  }

  /**
   * To be called at each look for drift. Returns ids of the rules that are not in force although HAProxy and iptables have
   * them, and are to be tried again: what kept a probe out may have passed. The number of looks in between doubles; time of
   * the day would not do, since a clock may be set back.
   */
  due(): string[] {
    return [...this.#rollouts].filter(([, rollout]) => --rollout.looks <= 0).map(([id]) => id);
  }

  /** Drains and verifies once more what HAProxy and iptables have of the rule. */
  again(id: string): void {
    const rollout = this.#rollouts.get(id);
    if (rollout) this.start(rollout.change);
  }

  #supersede(latest: Change): RuleRollout {
    const earlier = this.#rollouts.get(latest.id);
    const change = earlier
      ? {
          ...latest,
          before: earlier.change.before,
          drains: [...new Set([...earlier.change.drains, ...latest.drains])],
        }
      : latest;
    earlier?.on('superseded');
    const failures = earlier?.change.generation === latest.generation ? earlier.failures : 0;
    const rollout = new RuleRollout(change, this.#context.state.programmed.get(latest.id), failures);
    this.#rollouts.set(latest.id, rollout);
    return rollout;
  }

  async #run(rollout: RuleRollout): Promise<void> {
    this.#announce(rollout);
    try {
      await this.#drainAll(rollout.change);
      if (rollout.superseded) return;
      rollout.on('drained');
      await this.#verifyInTurn(rollout);
      if (rollout.superseded) return;
    } catch (error) {
      return this.#failed(rollout, error as Error);
    }
    rollout.on('verified');
    this.#complete(rollout);
  }

  #announce(rollout: RuleRollout): void {
    const isThere = rollout.rule ? 'HAProxy and iptables have the rule' : 'HAProxy and iptables have it no more';
    const updates = {
      Programmed: conditionTrue('Programmed', isThere),
      InForce: conditionFalse('Verifying', 'held connections of the change are drained, then the rule is probed'),
    };
    const { id } = rollout.change;
    const generation = this.#generationOf(rollout);
    setConditions(this.#context, id, updates, generation);
    if (rollout.rule) this.#context.trace.applied(id, generation);
    else this.#context.trace.gone(id, generation);
  }

  async #failed(rollout: RuleRollout, error: Error): Promise<void> {
    const { board, dataPlane } = this.#context;
    const { id } = rollout.change;
    await this.#loop.round(); // HAProxy may have been given the next version of the rule already
    const isGone = await dataPlane.haproxy.running().then(
      (running) => !running,
      () => false,
    );
    if (rollout.superseded) return;
    if (isGone) {
      rollout.on('haproxyLost');
      return this.#loop.enqueue();
    }
    rollout.on('failed');
    const { driftPeriodMs } = this.#context.settings;
    rollout.looks = Math.min(2 ** rollout.failures++, Math.ceil(slowestRetryMs / driftPeriodMs));
    const generation = this.#generationOf(rollout);
    setConditions(this.#context, id, { InForce: conditionFalse('NotVerified', error.message) }, generation);
    this.#context.trace.refused(id, generation);
    board.resolve(id, keyOf(id), generation, 'refused');
  }

  #complete(rollout: RuleRollout): void {
    const { board, state } = this.#context;
    const { rule } = rollout;
    const { id } = rollout.change;
    const isWanted = state.store.desired.rules[id] !== undefined;
    this.#rollouts.delete(id);
    if (rule || isWanted) state.recordInForce(id, rule);
    else state.forget(id);
    const obeyed = 'fresh and held connections obey the rule';
    const InForce = rule ? reachability(id, state, obeyed) : conditionTrue('Verified', obeyed);
    const generation = this.#generationOf(rollout);
    setConditions(this.#context, id, { InForce }, generation);
    if (rule) this.#context.trace.verified(id, generation);
    board.resolve(id, keyOf(id), generation, isFailure(InForce) ? 'refused' : 'applied');
    if (!rule && !isWanted) board.forget(id);
    this.#loop.enqueue();
  }

  /** A rule that was removed once more meanwhile: that later command is answered as well. */
  #generationOf({ change, rule }: RuleRollout): number {
    const { desired } = this.#context.state.store;
    return rule || desired.rules[change.id] ? change.generation : wantedGeneration(desired, change.id);
  }

  async #drainAll({ id, drains }: Change): Promise<void> {
    const left = await Promise.all(drains.map((drain) => this.#drains.get(drain) ?? this.#drain(id, drain)));
    const count = left.reduce((sum, each) => sum + each, 0);
    if (count > 0) throw new RouterError('ROUTER_NOT_IN_FORCE', `${count} held connections would not end`);
  }

  #drain(id: string, drain: Drain): Promise<number> {
    const { dataPlane, settings, state, workerSessions } = this.#context;
    const draining = drainSessions(drain, {
      dataPlane,
      workerSessions,
      deadlineMs: settings.drainDeadlineMs,
      currentRule: () => state.programmed.get(id)?.rule,
      serverNames: () =>
        new Map(Object.entries(state.store.serverIds.ids[id] ?? {}).map(([vm, serverId]) => [serverId, vm])),
      closed: () => state.closed,
    }).finally(() => this.#drains.delete(drain));
    this.#drains.set(drain, draining);
    return draining;
  }

  async #verifyInTurn(rollout: RuleRollout): Promise<void> {
    const { id } = rollout.change;
    if (!rollout.rule) return;
    const turn = (this.#verifications.get(id) ?? Promise.resolve()).then(() => this.#verify(rollout));
    const ended = turn.catch(() => {});
    this.#verifications.set(id, ended);
    try {
      await turn;
    } finally {
      if (this.#verifications.get(id) === ended) this.#verifications.delete(id);
    }
  }

  async #verify({ change, rule, superseded }: RuleRollout): Promise<void> {
    if (superseded || !rule) return;
    await this.#deleteServers(change);
    const { serverIds } = this.#context.state.store;
    await verifyAffinity(this.#context, serverIds, rule, change.before).catch((error: unknown) => {
      this.#context.activity.failedProbes++;
      throw error;
    });
  }

  /** Deletes servers that nobody is on any more. One that HAProxy keeps busy goes with a later change. */
  async #deleteServers({ id, leaving }: Change): Promise<void> {
    const { activity, dataPlane, haproxy } = this.#context;
    // They stay in maintenance until the next reload, whose file does not name them.
    if (!haproxy.supported.has('dynamicServers')) return;
    const ops = leaving.map((server) => deleteOp(proxyName(keyOf(id)), server));
    const answers = await dataPlane.haproxy.runtime(ops.map(({ command }) => command));
    activity.runtimeOps += ops.filter(({ answer }, index) => answer.test(answers[index]!)).length;
  }
}

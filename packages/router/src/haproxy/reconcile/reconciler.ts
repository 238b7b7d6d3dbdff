import { pending, type Statement, yes } from '../../conditions.ts';
import { wantedGeneration } from '../../desired.ts';
import { keyOf } from '../../names.ts';
import type { Budget } from '../admission/capacity.ts';
import { type Strangers, strangersOn, strangersToNew } from '../admission/port-conflicts.ts';
import { roomFor } from '../admission/remaining-capacity.ts';
import { lintRule, type Surroundings } from '../admission/validate-rule.ts';
import { readCertificates } from '../config/certificates.ts';
import { isSilence, notResponding } from '../runtime/not-responding.ts';
import { forgetRule, idsOfGoals } from './assign-server-ids.ts';
import { Programming } from './batch-apply.ts';
import { type RouterContext, say } from './context.ts';
import { DriftWatch } from './drift-watch.ts';
import { ReloadGate } from './reload-gate.ts';
import { type Goal, goalsOf } from './requests.ts';
import { type Rounds, Settlement } from './rollout.ts';
import { type Failure, RetryLoop } from './work-loop.ts';

/** The machine failed before the rule could be looked at. */
const notChecked: Statement = {
  status: 'Unknown',
  reason: 'NotChecked',
  message: 'the rule is looked at when the machine is well again',
};

/** The loop that brings HAProxy and iptables to what is wanted, for all rules that have changed at once. */
export class Convergence implements Rounds {
  readonly #context: RouterContext;
  readonly #settlement: Settlement;
  /** What this round has still to do. */
  readonly #goals = new Map<string, Goal>();
  /** HAProxy has not been seen yet, or not since it was gone. */
  #unseen = true;
  readonly #programming: Programming;
  #local: ReadonlySet<string> = new Set();
  readonly #watch: DriftWatch;
  /** Rules that somebody else has changed, and that are to be brought back. */
  #drifted: ReadonlySet<string> = new Set();
  /** HAProxy runs a configuration that is not the router's, whatever mark it carries. */
  #foreign = false;
  #endWatch: () => void = () => {};
  readonly #loop: RetryLoop;
  readonly #gate: ReloadGate;

  constructor(context: RouterContext) {
    this.#context = context;
    this.#settlement = new Settlement(context, this);
    this.#watch = new DriftWatch(context, (id) => this.#settlement.owes(id));
    this.#programming = new Programming(context, this.#settlement, this.#watch, this.#goals);
    this.#loop = new RetryLoop(context.dataPlane.clock, {
      round: () => this.#converge(),
      failed: (error, failure) => this.#report(error, failure),
    });
    this.#gate = new ReloadGate(context, () => this.kick());
    this.#watchOn();
  }

  /** Ends all waiting. Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#endWatch();
    await this.#loop.close();
  }

  /** Something has changed: looks at it now, or when what is under way is done. */
  kick(): void {
    this.#loop.kick();
  }

  #watchOn(): void {
    const { dataPlane, settings } = this.#context;
    this.#endWatch = dataPlane.clock.after(settings.driftPeriodMs, () => {
      if (!this.#unseen) this.#loop.whenIdle(() => this.#lookForDrift());
      this.#watchOn();
    });
  }

  async #lookForDrift(): Promise<void> {
    const { drifted, foreign } = await this.#watch.look(this.#programming.layouts());
    if (drifted.size === 0 || this.#context.settings.drift === 'report') return;
    this.#drifted = drifted;
    this.#foreign = foreign;
    this.#programming.forget();
    this.kick();
  }

  /** The same generation was sent again after a refusal: everything about it is tried again. */
  retry(id: string): void {
    this.#context.refused.delete(id);
    this.#settlement.retry(id);
  }

  round(): Promise<void> {
    return this.#loop.round();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#loop.idle();
  }

  async #converge(): Promise<void> {
    const context = this.#context;
    const { dataPlane, state, store } = context;
    let running: boolean;
    try {
      running = await dataPlane.haproxy.running();
    } catch (error) {
      this.#aim(); // those who wait are told what keeps them waiting
      throw error;
    }
    if (!running) {
      context.programmed = new Map();
      this.#settlement.haproxyGone();
      this.#unseen = true;
    }
    const { goals, absent } = this.#aim();
    const whole = this.#unseen || this.#drifted.size > 0;
    const coming = goals.flatMap(({ wanted }) => wanted?.rule ?? []);
    const certificates = await readCertificates(dataPlane.files, coming);
    const sight = { whole, foreign: this.#foreign, certificates };
    const live = goals.length > 0 ? await this.#programming.look(sight, whole ? undefined : goals) : undefined;
    store.serverIds = idsOfGoals(context, goals, live);
    await state.save(store);
    for (const goal of absent) this.#answerAbsent(goal);
    if (goals.length === 0) return;
    await this.#learnAddresses(goals);
    const strangers = await this.#strangersTo(goals, whole);
    const budget = roomFor(coming, context.programmed, context.settings, context.descriptorLimit);
    const admissible = goals.filter((goal) => this.#admissible(goal, { certificates, budget, strangers }));
    await this.#programming.all(whole ? admissible : await this.#pass(admissible), live, sight);
    this.#unseen = false;
    this.#drifted = new Set();
    this.#foreign = false;
  }

  #aim(): { goals: Goal[]; absent: Goal[] } {
    const goals = goalsOf(this.#context, this.#unseen, this.#drifted);
    const absent = this.#absent();
    for (const goal of [...goals, ...absent]) this.#goals.set(goal.id, goal);
    return { goals, absent };
  }

  async #pass(goals: readonly Goal[]): Promise<Goal[]> {
    const passed = await this.#gate.pass(goals);
    for (const goal of goals) if (!passed.includes(goal)) this.#goals.delete(goal.id);
    return passed;
  }

  /** Rules that somebody waits to see gone, and that are not there. */
  #absent(): Goal[] {
    const { board, programmed, store } = this.#context;
    const { desired } = store;
    return board
      .waiting()
      .filter((id) => !desired.rules[id] && !programmed.has(id) && !this.#settlement.owes(id))
      .map((id) => ({ id, generation: wantedGeneration(desired, id), wanted: undefined }));
  }

  #answerAbsent({ id, generation }: Goal): void {
    const { board, refused, store } = this.#context;
    this.#goals.delete(id);
    refused.delete(id);
    forgetRule(store, id);
    board.settle(id, keyOf(id), generation, 'applied');
    board.forget(id);
  }

  /** Asks the machine for its addresses only when a rule names one that was not there the last time. */
  async #learnAddresses(goals: readonly Goal[]): Promise<void> {
    if (goals.every(({ id }) => this.#local.has(keyOf(id).ip))) return;
    this.#local = new Set(await this.#context.dataPlane.localAddresses());
  }

  /** Asks who listens where only when a rule gets a listener, or nothing is known: it takes a program. */
  async #strangersTo(goals: readonly Goal[], whole: boolean): Promise<Strangers> {
    const context = this.#context;
    const isNew = ({ id, wanted }: Goal): boolean => wanted !== undefined && !context.programmed.has(id);
    if (!whole && !goals.some(isNew)) return new Map();
    context.strangers = await strangersOn(context.dataPlane);
    return strangersToNew(context.strangers, context.programmed);
  }

  #admissible(goal: Goal, means: Surroundings & { budget: Budget }): boolean {
    const { id, generation, wanted } = goal;
    const refusal = wanted && lintRule(wanted.rule, this.#context.settings, this.#local, means);
    if (wanted && !refusal) means.budget.take(wanted.rule);
    if (refusal) this.#programming.refuse(goal, refusal);
    else say(this.#context, id, { Accepted: yes('Valid', 'the rule can be served by this router') }, generation);
    return !refusal;
  }

  /** A fault of the machine: the conditions say so at once, whoever waits is told when it has been tried often enough. */
  #report(error: Error, { tries, since, final }: Failure): void {
    const { board } = this.#context;
    const fault = pending(
      isSilence(error) ? notResponding : 'MachineFault',
      `${error.message} (since ${new Date(since).toISOString()}, ${tries} tries; the router goes on trying)`,
    );
    for (const { id, generation } of this.#goals.values()) {
      const { conditions } = board.status(id, keyOf(id));
      const checked = conditions.some((each) => each.type === 'Accepted' && each.observedGeneration === generation);
      say(
        this.#context,
        id,
        { ...(!checked && { Accepted: notChecked }), Programmed: fault, InForce: fault },
        generation,
      );
      if (final) board.settle(id, keyOf(id), generation, 'refused');
    }
    if (final) this.#goals.clear();
  }
}

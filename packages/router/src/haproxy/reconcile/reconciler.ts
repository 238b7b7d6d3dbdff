import { type ConditionUpdate, conditionFalse, conditionTrue } from '../../conditions.ts';
import { wantedGeneration } from '../../desired.ts';
import { keyOf } from '../../names.ts';
import type { Capacity } from '../admission/capacity.ts';
import { conflictsOfNewRules, findPortConflicts, type PortConflicts } from '../admission/port-conflicts.ts';
import { remainingCapacity } from '../admission/remaining-capacity.ts';
import { type AdmissionContext, validateRule } from '../admission/validate-rule.ts';
import { readCertificates } from '../config/certificates.ts';
import { isNotResponding, notRespondingReason } from '../runtime/not-responding.ts';
import { forgetRule, serverIdsFor } from './assign-server-ids.ts';
import { BatchApplier } from './batch-apply.ts';
import { type RouterContext, setConditions } from './context.ts';
import { DriftWatch } from './drift-watch.ts';
import { ReloadGate } from './reload-gate.ts';
import { type ReconcileRequest, reconcileRequests } from './requests.ts';
import { Rollout, type Rounds } from './rollout.ts';
import { type Failure, WorkLoop } from './work-loop.ts';

/** The machine failed before the rule could be looked at. */
const notChecked: ConditionUpdate = {
  status: 'Unknown',
  reason: 'NotChecked',
  message: 'the rule is looked at when the machine is well again',
};

/** The loop that brings HAProxy and iptables to what is wanted, for all rules that have changed at once. */
export class Reconciler implements Rounds {
  readonly #context: RouterContext;
  readonly #settlement: Rollout;
  /** What this round has still to do. */
  readonly #goals = new Map<string, ReconcileRequest>();
  /** HAProxy has not been seen yet, or not since it was gone. */
  #unseen = true;
  readonly #programming: BatchApplier;
  #local: ReadonlySet<string> = new Set();
  readonly #watch: DriftWatch;
  /** Rules that somebody else has changed, and that are to be brought back. */
  #drifted: ReadonlySet<string> = new Set();
  /** HAProxy runs a configuration that is not the router's, whatever mark it carries. */
  #foreign = false;
  #endWatch: () => void = () => {};
  readonly #loop: WorkLoop;
  readonly #gate: ReloadGate;

  constructor(context: RouterContext) {
    this.#context = context;
    this.#settlement = new Rollout(context, this);
    this.#watch = new DriftWatch(context, (id) => this.#settlement.owes(id));
    this.#programming = new BatchApplier(context, this.#settlement, this.#watch, this.#goals);
    this.#loop = new WorkLoop(context.dataPlane.clock, {
      round: () => this.#converge(),
      failed: (error, failure) => this.#report(error, failure),
    });
    this.#gate = new ReloadGate(context, () => this.enqueue());
    this.#watchOn();
  }

  /** Ends all waiting. Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#endWatch();
    await this.#loop.close();
  }

  /** Something has changed: looks at it now, or when what is under way is done. */
  enqueue(): void {
    this.#loop.enqueue();
  }

  #watchOn(): void {
    const { dataPlane, settings } = this.#context;
    this.#endWatch = dataPlane.clock.after(settings.driftPeriodMs, () => {
      if (!this.#unseen) this.#loop.whenIdle(() => this.#lookForDrift());
      this.#watchOn();
    });
  }

  async #lookForDrift(): Promise<void> {
    const { drifted, reloadedExternally } = await this.#watch.look(this.#programming.specs());
    if (drifted.size === 0 || this.#context.settings.drift === 'report') return;
    this.#drifted = drifted;
    this.#foreign = reloadedExternally;
    this.#programming.forget();
    this.enqueue();
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
    const { requests, absent } = this.#aim();
    const whole = this.#unseen || this.#drifted.size > 0;
    const coming = requests.flatMap(({ wanted }) => wanted?.rule ?? []);
    const certificates = await readCertificates(dataPlane.files, coming);
    const readScope = { whole, reloadedExternally: this.#foreign, certificates };
    const live =
      requests.length > 0 ? await this.#programming.look(readScope, whole ? undefined : requests) : undefined;
    store.serverIds = serverIdsFor(context, requests, live);
    await state.save(store);
    for (const request of absent) this.#answerAbsent(request);
    if (requests.length === 0) return;
    await this.#learnAddresses(requests);
    const portConflicts = await this.#strangersTo(requests, whole);
    const budget = remainingCapacity(coming, context.programmed, context.settings, context.descriptorLimit);
    const admissible = requests.filter((request) => this.#admissible(request, { certificates, budget, portConflicts }));
    await this.#programming.all(whole ? admissible : await this.#pass(admissible), live, readScope);
    this.#unseen = false;
    this.#drifted = new Set();
    this.#foreign = false;
  }

  #aim(): { requests: ReconcileRequest[]; absent: ReconcileRequest[] } {
    const requests = reconcileRequests(this.#context, this.#unseen, this.#drifted);
    const absent = this.#absent();
    for (const request of [...requests, ...absent]) this.#goals.set(request.id, request);
    return { requests, absent };
  }

  async #pass(requests: readonly ReconcileRequest[]): Promise<ReconcileRequest[]> {
    const passed = await this.#gate.pass(requests);
    for (const request of requests) if (!passed.includes(request)) this.#goals.delete(request.id);
    return passed;
  }

  /** Rules that somebody waits to see gone, and that are not there. */
  #absent(): ReconcileRequest[] {
    const { board, programmed, store } = this.#context;
    const { desired } = store;
    return board
      .waiting()
      .filter((id) => !desired.rules[id] && !programmed.has(id) && !this.#settlement.owes(id))
      .map((id) => ({ id, generation: wantedGeneration(desired, id), wanted: undefined }));
  }

  #answerAbsent({ id, generation }: ReconcileRequest): void {
    const { board, refused, store } = this.#context;
    this.#goals.delete(id);
    refused.delete(id);
    forgetRule(store, id);
    board.resolve(id, keyOf(id), generation, 'applied');
    board.forget(id);
  }

  /** Asks the machine for its addresses only when a rule names one that was not there the last time. */
  async #learnAddresses(requests: readonly ReconcileRequest[]): Promise<void> {
    if (requests.every(({ id }) => this.#local.has(keyOf(id).ip))) return;
    this.#local = new Set(await this.#context.dataPlane.localAddresses());
  }

  /** Asks who listens where only when a rule gets a listener, or nothing is known: it takes a program. */
  async #strangersTo(requests: readonly ReconcileRequest[], whole: boolean): Promise<PortConflicts> {
    const context = this.#context;
    const isNew = ({ id, wanted }: ReconcileRequest): boolean => wanted !== undefined && !context.programmed.has(id);
    if (!whole && !requests.some(isNew)) return new Map();
    context.portConflicts = await findPortConflicts(context.dataPlane);
    return conflictsOfNewRules(context.portConflicts, context.programmed);
  }

  #admissible(request: ReconcileRequest, means: AdmissionContext & { budget: Capacity }): boolean {
    const { id, generation, wanted } = request;
    const refusal = wanted && validateRule(wanted.rule, this.#context.settings, this.#local, means);
    if (wanted && !refusal) means.budget.take(wanted.rule);
    if (refusal) this.#programming.refuse(request, refusal);
    else
      setConditions(
        this.#context,
        id,
        { Accepted: conditionTrue('Valid', 'the rule can be served by this router') },
        generation,
      );
    return !refusal;
  }

  /** A fault of the machine: the conditions say so at once, whoever waits is told when it has been tried often enough. */
  #report(error: Error, { tries, since, final }: Failure): void {
    const { board } = this.#context;
    const fault = conditionFalse(
      isNotResponding(error) ? notRespondingReason : 'MachineFault',
      `${error.message} (since ${new Date(since).toISOString()}, ${tries} tries; the router goes on trying)`,
    );
    for (const { id, generation } of this.#goals.values()) {
      const { conditions } = board.status(id, keyOf(id));
      const checked = conditions.some((each) => each.type === 'Accepted' && each.observedGeneration === generation);
      setConditions(
        this.#context,
        id,
        { ...(!checked && { Accepted: notChecked }), Programmed: fault, InForce: fault },
        generation,
      );
      if (final) board.resolve(id, keyOf(id), generation, 'refused');
    }
    if (final) this.#goals.clear();
  }
}

import type { RuleRecord } from '@limpet/contract';
import { wantedGeneration } from '../../desired.ts';
import { keyOf, proxyName } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';
import { type Certificates, readCertificates } from '../config/certificates.ts';
import { numberingOf } from '../config/server-ids.ts';
import type { LiveState } from '../runtime/live-state.ts';
import { admissionChanges } from './admission-changes.ts';
import { serverIdsFor } from './assign-server-ids.ts';
import { type AppliedBatch, BatchApplier } from './batch-apply.ts';
import type { RouterContext } from './context.ts';
import { DriftWatch } from './drift-watch.ts';
import { HostFacts } from './host-facts.ts';
import { inDoubt, type Knowledge, readsEverything } from './knowledge.ts';
import { type GenerationToAnswer, OpenRequests } from './open-requests.ts';
import { ReloadGate } from './reload-gate.ts';
import { type ReconcileRequest, reconcileRequests } from './requests.ts';
import { Rollout } from './rollout.ts';
import { WorkLoop } from './work-loop.ts';

/** What a round reads before it decides anything. */
interface Observed {
  certificates: Certificates;
  /** Undefined: HAProxy is not running. */
  live: LiveState | undefined;
}

/**
 * Brings HAProxy and iptables to what is wanted, for all rules at once. Level-based, as Kubernetes' controllers are: a
 * round compares what is wanted with what is there, whatever has triggered it, so that a command which comes late, twice
 * or in another order does no harm, and a round that fails is simply done again.
 */
export class Reconciler {
  readonly #context: RouterContext;
  readonly #loop: WorkLoop;
  readonly #rollout: Rollout;
  readonly #open: OpenRequests;
  readonly #watch: DriftWatch;
  readonly #applier: BatchApplier;
  readonly #gate: ReloadGate;
  readonly #host: HostFacts;
  #knowledge: Knowledge = 'none';
  /** Ids of rules that the next round has to look at, although HAProxy was given them. */
  readonly #doubted = new Set<string>();
  #endWatch: () => void = () => {};
  #fault: string | undefined;

  constructor(context: RouterContext) {
    this.#context = context;
    this.#host = new HostFacts(context);
    const generationToAnswer: GenerationToAnswer = (id) => this.#rollout.generationToAnswer(id);
    this.#open = new OpenRequests(context, generationToAnswer);
    this.#loop = new WorkLoop(context.dataPlane.clock, {
      round: async () => {
        await this.#reconcile();
        this.#fault = undefined;
      },
      failed: (error, failure) => {
        this.#fault = error.message;
        this.#open.fail(error, failure);
      },
    });
    this.#rollout = new Rollout(context, this.#loop);
    this.#watch = new DriftWatch(context, (id) => this.#rollout.isProgressing(id));
    this.#gate = new ReloadGate(context, generationToAnswer, () => this.enqueue());
    this.#applier = new BatchApplier(context, {
      applied: (batch) => this.#applied(batch),
      refused: (request, refusal) => this.#open.refuse(request, refusal),
    });
    this.#watchForDrift();
  }

  /** Ends all waiting. Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#rollout.supersedeAll();
    this.#endWatch();
    await this.#loop.close();
  }

  /** When what it does now began; undefined when it waits. */
  get busySince(): number | undefined {
    return this.#loop.busySince;
  }

  /** Why the last round has failed; undefined when it has not. It is tried again. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Something has changed: a round begins now, or when the one that is under way has ended. */
  enqueue(): void {
    this.#loop.enqueue();
  }

  /** The same generation was sent again after a refusal: everything about it is tried again. */
  retry(id: string): void {
    this.#tryAgain(id);
    this.#rollout.retry(id);
  }

  #tryAgain(id: string): void {
    this.#context.state.clearRefusal(id);
    this.#context.trace.retried(id);
    this.#doubted.add(id);
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#loop.idle();
  }

  async #reconcile(): Promise<void> {
    const running = await this.#checkHaproxy();
    const knowledge = this.#knowledge;
    const { requests, absent } = this.#openRequests(knowledge);
    const observed = await this.#observe(requests, knowledge, running);
    await this.#persist(requests, observed);
    for (const request of absent) this.#open.answerAbsent(request);
    if (requests.length === 0) return;
    const admitted = await this.#admit(requests, observed, knowledge);
    const passed = readsEverything(knowledge) ? admitted : await this.#passGate(admitted);
    await this.#applier.apply(passed, observed.live, { knowledge, certificates: observed.certificates });
    this.#knowledge = 'all';
  }

  /**
   * When HAProxy is gone, so is all that was known of it, and every connection.
   *
   * @returns whether it is running.
   */
  async #checkHaproxy(): Promise<boolean> {
    let running: boolean;
    try {
      running = await this.#context.dataPlane.haproxy.running();
    } catch (error) {
      this.#openRequests(this.#knowledge); // commands that wait are told what keeps them waiting
      throw error;
    }
    if (!running) {
      this.#context.state.recordProgrammed(new Map());
      this.#rollout.supersedeAll();
      this.#knowledge = 'none';
    }
    this.#knowledge = inDoubt(this.#knowledge, this.#doubted);
    this.#doubted.clear();
    return running;
  }

  #openRequests(knowledge: Knowledge): { requests: ReconcileRequest[]; absent: ReconcileRequest[] } {
    const requests = reconcileRequests(this.#context.state, knowledge);
    const absent = this.#absent();
    this.#open.add([...requests, ...absent]);
    return { requests, absent };
  }

  /**
   * Rules that are to go, and are not there: those that a command waits to see gone, and those that went with HAProxy
   * before their removal was proved. A last good version that stayed would come back with the next crash of the router.
   */
  #absent(): ReconcileRequest[] {
    const { board, state } = this.#context;
    const { desired, inForce } = state.store;
    const unwanted = new Set(board.waiting().filter((id) => !desired.rules[id]));
    for (const id in inForce) if (!desired.rules[id]) unwanted.add(id);
    return [...unwanted]
      .filter((id) => !state.programmed.has(id) && !this.#rollout.isProgressing(id))
      .map((id) => ({ id, generation: wantedGeneration(desired, id), wanted: undefined }));
  }

  async #observe(requests: readonly ReconcileRequest[], knowledge: Knowledge, running: boolean): Promise<Observed> {
    const certificates = await readCertificates(this.#context.dataPlane.files, rulesOf(requests));
    if (requests.length === 0 || !running) return { certificates, live: undefined };
    const readAll = readsEverything(knowledge);
    const live = await this.#applier.read({ knowledge, certificates }, readAll ? undefined : requests);
    return { certificates, live };
  }

  /** What is wanted is on disk before anything is applied: after a crash the same round begins again. */
  async #persist(requests: readonly ReconcileRequest[], { live }: Observed): Promise<void> {
    const { settings, state, storedState } = this.#context;
    const ids = requests.map(({ id }) => id);
    state.recordServerIds(serverIdsFor(state, requests, live, numberingOf(settings)), ids);
    await state.save(storedState);
  }

  /** The requests whose rules can be served here. The others are refused. */
  async #admit(
    requests: readonly ReconcileRequest[],
    { certificates, live }: Observed,
    knowledge: Knowledge,
  ): Promise<ReconcileRequest[]> {
    await this.#lookForAddresses(requests, knowledge);
    await this.#lookForPortConflicts(requests, knowledge);
    const refusals = this.#host.refusalsOf(rulesOf(requests), certificates);
    if (readsEverything(knowledge) && live) this.#leaveAway(refusals, live);
    return requests.filter((request) => {
      const refusal = request.wanted && refusals.get(request.id);
      if (refusal) this.#open.refuse(request, refusal);
      else this.#open.accept(request);
      return !refusal;
    });
  }

  /**
   * A router that was opened again takes what was in force for what HAProxy has. A rule that HAProxy has been started without,
   * and that cannot be served now either, is left out: its listener would fail the reload of all others.
   */
  #leaveAway(refusals: ReadonlyMap<string, Refusal>, { frontends }: LiveState): void {
    const { state } = this.#context;
    const isAway = (id: string): boolean => refusals.has(id) && !frontends.has(proxyName(keyOf(id)));
    state.recordProgrammed(new Map([...state.programmed].filter(([id]) => !isAway(id))));
  }

  /** Asks the host for its addresses only when a rule names one that was not there the last time, or nothing is known. */
  async #lookForAddresses(requests: readonly ReconcileRequest[], knowledge: Knowledge): Promise<void> {
    if (readsEverything(knowledge) || !requests.every(({ id }) => this.#host.has(keyOf(id).ip))) {
      await this.#host.readAddresses();
    }
  }

  /** Asks which processes listen only when a rule gets a listener, or nothing is known: it starts a program. */
  async #lookForPortConflicts(requests: readonly ReconcileRequest[], knowledge: Knowledge): Promise<void> {
    const { programmed } = this.#context.state;
    const isNew = ({ id, wanted }: ReconcileRequest): boolean => wanted !== undefined && !programmed.has(id);
    if (readsEverything(knowledge) || requests.some(isNew)) await this.#host.readPortConflicts();
  }

  async #passGate(requests: readonly ReconcileRequest[]): Promise<ReconcileRequest[]> {
    const passed = await this.#gate.pass(requests);
    this.#open.close(requests.filter((request) => !passed.includes(request)));
    return passed;
  }

  #applied({ changes, ended, newProcesses }: AppliedBatch): void {
    this.#open.close(changes);
    this.#open.tellOfEnded(ended, (id) => this.#rollout.isProgressing(id));
    if (newProcesses) this.#watch.ownProcesses();
    for (const change of changes) this.#rollout.start(change);
  }

  #watchForDrift(): void {
    const { dataPlane, settings } = this.#context;
    this.#endWatch = dataPlane.clock.after(settings.driftPeriodMs, () => {
      if (this.#knowledge !== 'none') this.#loop.whenIdle(() => this.#lookForDrift());
      this.#watchForDrift();
    });
  }

  async #lookForDrift(): Promise<void> {
    const heals = this.#context.settings.drift === 'heal';
    await this.#host.readAddresses();
    const drift = await this.#watch.look(this.#applier.specs());
    const regained = await this.#admitAnew();
    for (const id of regained) this.#tryAgain(id);
    if (heals && drift.rules.size > 0) {
      this.#knowledge = drift;
      this.#applier.forget();
    }
    this.#verifyAnew(heals);
    if (this.#doubted.size > 0 || this.#knowledge !== 'all') this.enqueue();
  }

  /** What is not in force may have drifted as well: it is applied again before it is verified. */
  #verifyAnew(heals: boolean): void {
    const { programmed, store } = this.#context.state;
    for (const id of this.#rollout.due()) {
      const has = programmed.get(id);
      if (has && has.generation === store.desired.rules[id]?.generation) this.#context.trace.retried(id);
      if (has && heals) this.#doubted.add(id);
      else this.#rollout.again(id);
    }
  }

  /**
   * The host may have changed its mind about rules that nobody has changed: an address comes and goes with VRRP, a
   * certificate with its renewal.
   *
   * @returns ids of rules that were refused, and are to be tried again.
   */
  async #admitAnew(): Promise<string[]> {
    const { dataPlane, state } = this.#context;
    const rules = Object.values(state.store.desired.rules).map(({ rule }) => rule);
    const certificates = await readCertificates(dataPlane.files, rules);
    const refusals = this.#host.refusalsOf(rules, certificates);
    const { lost, regained } = admissionChanges(state, refusals);
    for (const { request, refusal } of lost) {
      if (!this.#rollout.isProgressing(request.id)) this.#open.refuse(request, refusal);
    }
    return regained;
  }
}

const rulesOf = (requests: readonly ReconcileRequest[]): RuleRecord[] =>
  requests.flatMap(({ wanted }) => wanted?.rule ?? []);

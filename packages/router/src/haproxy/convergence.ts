import { pending, yes } from '../conditions.ts';
import { type Wanted, wantedGeneration } from '../desired.ts';
import type { RouterError } from '../errors.ts';
import { keyOf, proxyName, ruleId } from '../names.ts';
import { admitRules } from './accept.ts';
import { acceptRules } from './accept-chain.ts';
import { type RouterContext, say } from './context.ts';
import { debtsOf } from './debts.ts';
import { type Goal, goalsOf } from './goals.ts';
import { concernsOldSessionsOnly, obligationsOf } from './held.ts';
import { layoutOf } from './layout.ts';
import { lintRule, type Refusal } from './lint.ts';
import { type LiveProxy, readLive } from './live.ts';
import { programRules } from './program.ts';
import { assignServerIds } from './server-ids.ts';
import { type Rounds, Settlement } from './settlement.ts';

/** Faults of the machine, not of a rule (HAProxy gone, a socket hung), are tried again this often, ever more slowly. */
const maxRetries = 5;
const firstRetryMs = 50;

/** What `haproxy -c` or the kernel refuses can be one rule's fault; all other errors are the machine's. */
const ruleFaults: Record<string, string> = {
  ROUTER_CONFIG_REJECTED: 'ConfigRejected',
  ROUTER_RELOAD_FAILED: 'ReloadFailed',
};

/** The refusal in an error that one rule may be to blame for; any other error is thrown on. */
const refusalOf = (error: unknown): Refusal => {
  const { code, message } = error as RouterError;
  const reason = ruleFaults[code];
  if (reason === undefined) throw error;
  return { reason, message };
};

/** The loop that brings HAProxy and iptables to what is wanted, for all rules that have changed at once. */
export class Convergence implements Rounds {
  readonly #context: RouterContext;
  readonly #settlement: Settlement;
  /** What this round has still to do. */
  readonly #goals = new Map<string, Goal>();
  /** HAProxy has not been seen yet, or not since it was gone. */
  #unseen = true;
  #admitted: string | undefined;
  #local: ReadonlySet<string> = new Set();
  #dirty = false;
  #loop: Promise<void> | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(context: RouterContext) {
    this.#context = context;
    this.#settlement = new Settlement(context, this);
  }

  /** Something has changed: looks at it now, or when what is under way is done. */
  kick(): void {
    this.#dirty = true;
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
      // Whoever came after the last look, and before this, found a loop that had ended.
      if (this.#dirty && !this.#context.closed) this.kick();
    });
  }

  /** The same generation was sent again after a refusal: everything about it is tried again. */
  retry(id: string): void {
    this.#context.refused.delete(id);
    this.#settlement.retry(id);
  }

  /** Resolves when the round that is under way, if any, has ended, well or not. */
  async round(): Promise<void> {
    await this.#round.catch(() => {});
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { dataPlane } = this.#context;
    let failures = 0;
    while (this.#dirty && !this.#context.closed) {
      await dataPlane.clock.sleep(0); // commands that arrive together share a reload
      this.#dirty = false;
      try {
        this.#round = this.#converge();
        await this.#round;
        failures = 0;
      } catch (error) {
        if (this.#context.closed) return;
        failures++;
        this.#report(error as Error, failures > maxRetries);
        if (failures > maxRetries) return;
        this.#dirty = true;
        await dataPlane.clock.sleep(firstRetryMs * 2 ** failures);
      }
    }
  }

  async #converge(): Promise<void> {
    const context = this.#context;
    const { dataPlane, paths, state, store } = context;
    const running = await dataPlane.haproxy.running();
    if (!running) {
      context.programmed = new Map();
      this.#settlement.haproxyGone();
      this.#unseen = true;
    }
    const goals = goalsOf(context, this.#unseen);
    const absent = this.#absent();
    for (const goal of [...goals, ...absent]) this.#goals.set(goal.id, goal);
    const live = running && goals.length > 0 ? await readLive(dataPlane.haproxy, paths) : undefined;
    this.#assignIds(goals, live);
    await state.save(store);
    for (const goal of absent) this.#answerAbsent(goal);
    if (goals.length === 0) return;
    await this.#learnAddresses(goals);
    await this.#programOrSplit(
      goals.filter((goal) => this.#admissible(goal)),
      live,
    );
    this.#unseen = false;
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
    delete store.inForce[id];
    board.settle(id, keyOf(id), generation, 'applied');
    board.forget(id);
  }

  /** A server that is still leaving keeps its id: its VM may come back before it is gone. */
  #assignIds(goals: readonly Goal[], live: LiveProxy | undefined): void {
    const { programmed, store } = this.#context;
    const versions = [
      ...programmed.values(),
      ...Object.values(store.inForce),
      ...goals.flatMap((goal) => goal.wanted ?? []),
    ];
    const vms = new Map<string, Set<string>>();
    for (const { rule } of versions) {
      const known = vms.get(ruleId(rule)) ?? new Set(live?.servers.get(proxyName(rule))?.keys());
      for (const { vm } of rule.members) known.add(vm);
      vms.set(ruleId(rule), known);
    }
    store.serverIds = assignServerIds(
      store.serverIds,
      [...vms].map(([rule, names]) => ({ rule, vms: [...names] })),
    );
  }

  /** Asks the machine for its addresses only when a rule names one that was not there the last time. */
  async #learnAddresses(goals: readonly Goal[]): Promise<void> {
    if (goals.every(({ id }) => this.#local.has(keyOf(id).ip))) return;
    this.#local = new Set(await this.#context.dataPlane.localAddresses());
  }

  #admissible(goal: Goal): boolean {
    const { id, generation, wanted } = goal;
    const refusal = wanted && lintRule(wanted.rule, this.#context.settings, this.#local);
    if (refusal) this.#refuse(goal, refusal);
    else say(this.#context, id, { Accepted: yes('Valid', 'the rule can be served by this router') }, generation);
    return !refusal;
  }

  /** All at once; when HAProxy or the kernel refuses, in halves, until the guilty rule stands alone (B12). */
  async #programOrSplit(goals: readonly Goal[], live: LiveProxy | undefined): Promise<void> {
    if (goals.length === 0) return;
    try {
      await this.#program(goals, live);
    } catch (error) {
      const refusal = refusalOf(error);
      if (goals.length === 1) return this.#quarantine(goals[0]!, refusal);
      const half = Math.ceil(goals.length / 2);
      await this.#programOrSplit(goals.slice(0, half), await this.#look());
      await this.#programOrSplit(goals.slice(half), await this.#look());
    }
  }

  /** A rule that cannot be had as it is wanted stays as it is; where HAProxy lost it, it comes back as it last was in force. */
  async #quarantine(goal: Goal, refusal: Refusal): Promise<void> {
    const { programmed, store } = this.#context;
    const { id, generation, wanted } = goal;
    this.#refuse(goal, refusal);
    const lastGood = store.inForce[id];
    if (!wanted || !lastGood || programmed.has(id) || lastGood.generation === generation) return;
    try {
      await this.#program([{ id, generation: lastGood.generation, wanted: lastGood }], await this.#look());
    } catch (error) {
      refusalOf(error);
    }
  }

  async #look(): Promise<LiveProxy | undefined> {
    const { haproxy } = this.#context.dataPlane;
    return (await haproxy.running()) ? readLive(haproxy, this.#context.paths) : undefined;
  }

  async #program(goals: readonly Goal[], live: LiveProxy | undefined): Promise<void> {
    const context = this.#context;
    const { dataPlane, paths, settings, store, stats } = context;
    const before = context.programmed;
    const next = new Map(before);
    for (const { id, wanted } of goals) {
      if (wanted) next.set(id, wanted);
      else next.delete(id);
    }
    const changes = goals.map((goal) => ({
      ...goal,
      obligations: obligationsOf(before.get(goal.id)?.rule, goal.wanted?.rule),
    }));
    // Listener and accept exist together (B19): what goes loses its accept first, what comes gets it last.
    await this.#admit([...before].filter(([id]) => next.has(id)).map(([, wanted]) => wanted));
    const layout = layoutOf([...next.values()], store.serverIds);
    const scope = changes.some(({ obligations }) => obligations.some(concernsOldSessionsOnly));
    const done = await this.#orAdmitAgain(before, () =>
      programRules({ dataPlane, paths, settings }, layout, live, { scope }),
    );
    await this.#admit([...next.values()]);

    context.programmed = next;
    stats.runtimeOps += done.runtimeOps;
    if (done.steps.some((step) => step.do === 'reload')) stats.reloads++;
    for (const { id, generation, wanted, obligations } of changes) {
      this.#goals.delete(id);
      const proxy = proxyName(keyOf(id));
      const members = new Set(wanted?.rule.members.map(({ vm }) => vm));
      const leaving = [...(done.live.servers.get(proxy)?.keys() ?? [])].filter((name) => !members.has(name));
      const debts = debtsOf(id, proxy, obligations, done.scope);
      void this.#settlement.settle({ id, generation, before: before.get(id), debts, leaving });
    }
  }

  /** What fails leaves the accepts as they were. */
  async #orAdmitAgain<T>(before: ReadonlyMap<string, Wanted>, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      await this.#admit([...before.values()]);
      throw error;
    }
  }

  async #admit(wanted: readonly Wanted[]): Promise<void> {
    const rules = wanted.map(({ rule }) => rule).sort((a, b) => (ruleId(a) < ruleId(b) ? -1 : 1));
    const text = acceptRules(rules).join('\n');
    if (text === this.#admitted) return;
    this.#admitted = undefined; // what a failure leaves is not known
    await admitRules(this.#context.dataPlane.packetFilter, rules);
    this.#admitted = text;
  }

  /** The rule stays as it was, or away; all others go on. */
  #refuse({ id, generation }: Goal, { reason, message }: Refusal): void {
    const { board, programmed, refused } = this.#context;
    this.#goals.delete(id);
    refused.set(id, generation);
    const no = pending(reason, message);
    const accepted = reason === 'ReloadFailed' ? yes('Valid', 'the rule is well-formed') : no;
    say(this.#context, id, { Accepted: accepted, Programmed: no, InForce: no }, generation);
    board.settle(id, keyOf(id), generation, 'refused', programmed.get(id)?.generation);
  }

  /** A fault of the machine: the conditions say so at once, whoever waits is told when it has been tried often enough. */
  #report(error: Error, final: boolean): void {
    const { board } = this.#context;
    const fault = pending('RouterFault', error.message);
    for (const { id, generation } of this.#goals.values()) {
      say(this.#context, id, { Programmed: fault, InForce: fault }, generation);
      if (final) board.settle(id, keyOf(id), generation, 'refused');
    }
    if (final) this.#goals.clear();
  }
}

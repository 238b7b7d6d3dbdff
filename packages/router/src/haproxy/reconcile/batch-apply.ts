import { pending, yes } from '../../conditions.ts';
import type { Wanted } from '../../desired.ts';
import type { HeldSession } from '../../drain-rules.ts';
import { concernsOldSessionsOnly, obligationsOf } from '../../drain-rules.ts';
import type { RouterError } from '../../errors.ts';
import { keyOf, proxyName } from '../../names.ts';
import type { Refusal } from '../admission/refusal.ts';
import { programRules } from '../apply/apply.ts';
import { InstalledFiles } from '../apply/installed-files.ts';
import type { Certificates } from '../config/certificates.ts';
import type { RuleLayout } from '../config/proxy-spec.ts';
import { Layouts } from '../config/proxy-spec-cache.ts';
import { debtsOf } from '../drain/drain.ts';
import { Accepts } from '../firewall/chain-cache.ts';
import { type LiveProxy, readLive } from '../runtime/live-state.ts';
import { type RouterContext, say } from './context.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { Goal } from './requests.ts';
import type { Settlement } from './rollout.ts';

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

/** How a round looks at HAProxy. */
export interface Sight {
  /** All of it has to be looked at, and not only the rules that change. */
  whole: boolean;
  /** It runs a configuration that is not the router's, whatever mark it carries. */
  foreign: boolean;
  /** Those of the round's rules. */
  certificates: Certificates;
}

/** Gives rules to HAProxy and iptables, and finds out which of them is to blame when they are refused. */
export class Programming {
  readonly #context: RouterContext;
  readonly #settlement: Settlement;
  readonly #watch: DriftWatch;
  readonly #open: Map<string, Goal>;
  readonly #accepts: Accepts;
  readonly #installed: InstalledFiles;
  readonly #layouts = new Layouts();

  /** @param open goals that the round has still to reach; those that are reached, or refused, are taken out. */
  constructor(context: RouterContext, settlement: Settlement, watch: DriftWatch, open: Map<string, Goal>) {
    this.#context = context;
    this.#settlement = settlement;
    this.#watch = watch;
    this.#open = open;
    this.#accepts = new Accepts(context.dataPlane.packetFilter, context.settings.statsPage);
    this.#installed = new InstalledFiles(context.dataPlane.files, context.paths);
  }

  /** Layouts of what is programmed. */
  layouts(): RuleLayout[] {
    return this.#layouts.of(this.#context.programmed, this.#context.store.serverIds);
  }

  /** Somebody else may have changed files and accepts: they are looked at anew. */
  forget(): void {
    this.#accepts.forget();
    this.#installed.forget();
  }

  /** What HAProxy runs, of all rules or of some; undefined: it is not running. */
  async look({ foreign, certificates }: Sight, goals?: readonly Goal[]): Promise<LiveProxy | undefined> {
    const { dataPlane, paths } = this.#context;
    if (!(await dataPlane.haproxy.running())) return undefined;
    const proxies = goals?.map(({ id }) => proxyName(keyOf(id)));
    const live = await readLive(dataPlane.haproxy, paths, { proxies, certificateFiles: [...certificates.keys()] });
    return foreign ? { ...live, mark: undefined } : live;
  }

  /** All at once; when HAProxy or the kernel refuses, in halves, until the guilty rule stands alone (B12). */
  async all(goals: readonly Goal[], live: LiveProxy | undefined, sight: Sight): Promise<void> {
    if (goals.length === 0) return;
    try {
      await this.#program(goals, live, sight);
    } catch (error) {
      const refusal = refusalOf(error);
      if (goals.length === 1) return this.#quarantine(goals[0]!, refusal, sight);
      const half = Math.ceil(goals.length / 2);
      await this.all(goals.slice(0, half), await this.look(sight), sight);
      await this.all(goals.slice(half), await this.look(sight), sight);
    }
  }

  /** A rule that cannot be had as it is wanted stays as it is; where HAProxy lost it, it comes back as it last was in force. */
  async #quarantine(goal: Goal, refusal: Refusal, sight: Sight): Promise<void> {
    const { programmed, store } = this.#context;
    const { id, generation, wanted } = goal;
    this.refuse(goal, refusal);
    const lastGood = store.inForce[id];
    if (!wanted || !lastGood || programmed.has(id) || lastGood.generation === generation) return;
    try {
      await this.#program([{ id, generation: lastGood.generation, wanted: lastGood }], await this.look(sight), sight);
    } catch (error) {
      refusalOf(error);
    }
  }

  async #program(goals: readonly Goal[], live: LiveProxy | undefined, sight: Sight): Promise<void> {
    const context = this.#context;
    const { stats, store } = context;
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
    const done = await this.#admitAround(before, next, goals, () =>
      programRules({ ...context, installed: this.#installed }, this.#layouts.of(next, store.serverIds), live, {
        changed: sight.whole ? undefined : new Set(goals.map(({ id }) => id)),
        certificates: sight.certificates,
        scope: changes.some(({ obligations }) => obligations.some(concernsOldSessionsOnly)),
      }),
    );

    context.programmed = next;
    this.#tellOfEnded(done.ended);
    stats.runtimeOps += done.runtimeOps;
    if (done.steps.some((step) => step.do === 'reload')) stats.reloads++;
    if (done.steps.some((step) => step.do === 'reload' || step.do === 'start')) this.#watch.ownProcesses();
    for (const { id, generation, wanted, obligations } of changes) {
      this.#open.delete(id);
      const proxy = proxyName(keyOf(id));
      const members = new Set(wanted?.rule.members.map(({ vm }) => vm));
      const leaving = [...(done.live.servers.get(proxy)?.keys() ?? [])].filter((name) => !members.has(name));
      const debts = debtsOf(id, proxy, obligations, done.scope);
      void this.#settlement.settle({ id, generation, before: before.get(id), debts, leaving });
    }
  }

  /**
   * Listener and accept exist together (B19): what goes loses its accept first, what comes gets it last. What fails
   * leaves the accepts as they were.
   */
  async #admitAround<T>(
    before: ReadonlyMap<string, Wanted>,
    next: ReadonlyMap<string, Wanted>,
    goals: readonly Goal[],
    action: () => Promise<T>,
  ): Promise<T> {
    if (!goals.some(({ id }) => this.#accepts.concerns(before.get(id), next.get(id)))) return action();
    await this.#accepts.admit([...before].filter(([id]) => next.has(id)).map(([, wanted]) => wanted));
    let done: T;
    try {
      done = await action();
    } catch (error) {
      await this.#accepts.admit([...before.values()]);
      throw error;
    }
    await this.#accepts.admit([...next.values()]);
    return done;
  }

  /** Connections of rules that have not changed were ended: their conditions say so. */
  #tellOfEnded(ended: readonly HeldSession[]): void {
    const counts = new Map<string, number>();
    for (const { proxy } of ended) counts.set(proxy, (counts.get(proxy) ?? 0) + 1);
    const { programmed, refused } = this.#context;
    for (const [id, { generation }] of programmed) {
      const count = counts.get(proxyName(keyOf(id)));
      if (count === undefined || this.#settlement.owes(id) || refused.has(id)) continue;
      const message = `fresh and held connections obey the rule; ${count} held connections on a worker that earlier reloads had left behind were ended (setting atMaxOldWorkers: end)`;
      say(this.#context, id, { InForce: yes('Verified', message) }, generation);
    }
  }

  /** The rule stays as it was, or away; all others go on. */
  refuse({ id, generation }: Goal, { reason, message }: Refusal): void {
    const { board, programmed, refused } = this.#context;
    this.#open.delete(id);
    refused.set(id, generation);
    const no = pending(reason, message);
    const accepted = reason === 'ReloadFailed' ? yes('Valid', 'the rule is well-formed') : no;
    say(this.#context, id, { Accepted: accepted, Programmed: no, InForce: no }, generation);
    board.settle(id, keyOf(id), generation, 'refused', programmed.get(id)?.generation);
  }
}

import { conditionFalse, conditionTrue } from '../../conditions.ts';
import type { DesiredRule } from '../../desired.ts';
import type { ClientSession } from '../../drain-rules.ts';
import { concernsOldSessionsOnly, drainRulesFor } from '../../drain-rules.ts';
import type { RouterError } from '../../errors.ts';
import { keyOf, proxyName } from '../../names.ts';
import type { Refusal } from '../admission/refusal.ts';
import { applyRules } from '../apply/apply.ts';
import { InstalledFiles } from '../apply/installed-files.ts';
import type { Certificates } from '../config/certificates.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import { ProxySpecCache } from '../config/proxy-spec-cache.ts';
import { drainsFor } from '../drain/drain.ts';
import { ChainCache } from '../firewall/chain-cache.ts';
import { type LiveState, readLiveState } from '../runtime/live-state.ts';
import { type RouterContext, setConditions } from './context.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { ReconcileRequest } from './requests.ts';
import type { Rollout } from './rollout.ts';

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
export interface ReadScope {
  /** All of it has to be looked at, and not only the rules that change. */
  whole: boolean;
  /** It runs a configuration that is not the router's, whatever mark it carries. */
  reloadedExternally: boolean;
  /** Those of the round's rules. */
  certificates: Certificates;
}

/** Gives rules to HAProxy and iptables, and finds out which of them is to blame when they are refused. */
export class BatchApplier {
  readonly #context: RouterContext;
  readonly #settlement: Rollout;
  readonly #watch: DriftWatch;
  readonly #open: Map<string, ReconcileRequest>;
  readonly #accepts: ChainCache;
  readonly #installed: InstalledFiles;
  readonly #layouts = new ProxySpecCache();

  /** @param open goals that the round has still to reach; those that are reached, or refused, are taken out. */
  constructor(context: RouterContext, rollout: Rollout, watch: DriftWatch, open: Map<string, ReconcileRequest>) {
    this.#context = context;
    this.#settlement = rollout;
    this.#watch = watch;
    this.#open = open;
    this.#accepts = new ChainCache(context.dataPlane.packetFilter, context.settings.statsPage);
    this.#installed = new InstalledFiles(context.dataPlane.files, context.paths);
  }

  /** Layouts of what is programmed. */
  specs(): ProxySpec[] {
    return this.#layouts.of(this.#context.programmed, this.#context.store.serverIds);
  }

  /** Somebody else may have changed files and accepts: they are looked at anew. */
  forget(): void {
    this.#accepts.forget();
    this.#installed.forget();
  }

  /** What HAProxy runs, of all rules or of some; undefined: it is not running. */
  async look(
    { reloadedExternally, certificates }: ReadScope,
    requests?: readonly ReconcileRequest[],
  ): Promise<LiveState | undefined> {
    const { dataPlane, paths } = this.#context;
    if (!(await dataPlane.haproxy.running())) return undefined;
    const proxies = requests?.map(({ id }) => proxyName(keyOf(id)));
    const live = await readLiveState(dataPlane.haproxy, paths, { proxies, certificateFiles: [...certificates.keys()] });
    return reloadedExternally ? { ...live, configHash: undefined } : live;
  }

  /** All at once; when HAProxy or the kernel refuses, in halves, until the guilty rule stands alone (B12). */
  async all(requests: readonly ReconcileRequest[], live: LiveState | undefined, readScope: ReadScope): Promise<void> {
    if (requests.length === 0) return;
    try {
      await this.#program(requests, live, readScope);
    } catch (error) {
      const refusal = refusalOf(error);
      if (requests.length === 1) return this.#quarantine(requests[0]!, refusal, readScope);
      const half = Math.ceil(requests.length / 2);
      await this.all(requests.slice(0, half), await this.look(readScope), readScope);
      await this.all(requests.slice(half), await this.look(readScope), readScope);
    }
  }

  /** A rule that cannot be had as it is wanted stays as it is; where HAProxy lost it, it comes back as it last was in force. */
  async #quarantine(request: ReconcileRequest, refusal: Refusal, readScope: ReadScope): Promise<void> {
    const { programmed, store } = this.#context;
    const { id, generation, wanted } = request;
    this.refuse(request, refusal);
    const lastGood = store.inForce[id];
    if (!wanted || !lastGood || programmed.has(id) || lastGood.generation === generation) return;
    try {
      await this.#program(
        [{ id, generation: lastGood.generation, wanted: lastGood }],
        await this.look(readScope),
        readScope,
      );
    } catch (error) {
      refusalOf(error);
    }
  }

  async #program(
    requests: readonly ReconcileRequest[],
    live: LiveState | undefined,
    readScope: ReadScope,
  ): Promise<void> {
    const context = this.#context;
    const { stats, store } = context;
    const before = context.programmed;
    const next = new Map(before);
    for (const { id, wanted } of requests) {
      if (wanted) next.set(id, wanted);
      else next.delete(id);
    }
    const changes = requests.map((request) => ({
      ...request,
      drainRules: drainRulesFor(before.get(request.id)?.rule, request.wanted?.rule),
    }));
    const done = await this.#admitAround(before, next, requests, () =>
      applyRules({ ...context, installed: this.#installed }, this.#layouts.of(next, store.serverIds), live, {
        changed: readScope.whole ? undefined : new Set(requests.map(({ id }) => id)),
        certificates: readScope.certificates,
        scope: changes.some(({ drainRules }) => drainRules.some(concernsOldSessionsOnly)),
      }),
    );

    context.programmed = next;
    this.#tellOfEnded(done.ended);
    stats.runtimeOps += done.runtimeOps;
    if (done.steps.some((step) => step.do === 'reload')) stats.reloads++;
    if (done.steps.some((step) => step.do === 'reload' || step.do === 'start')) this.#watch.ownProcesses();
    for (const { id, generation, wanted, drainRules } of changes) {
      this.#open.delete(id);
      const proxy = proxyName(keyOf(id));
      const members = new Set(wanted?.rule.members.map(({ vm }) => vm));
      const leaving = [...(done.live.servers.get(proxy)?.keys() ?? [])].filter((name) => !members.has(name));
      const drains = drainsFor(id, proxy, drainRules, done.scope);
      void this.#settlement.complete({ id, generation, before: before.get(id), drains, leaving });
    }
  }

  /**
   * Listener and accept exist together (B19): what goes loses its accept first, what comes gets it last. What fails
   * leaves the accepts as they were.
   */
  async #admitAround<T>(
    before: ReadonlyMap<string, DesiredRule>,
    next: ReadonlyMap<string, DesiredRule>,
    requests: readonly ReconcileRequest[],
    action: () => Promise<T>,
  ): Promise<T> {
    if (!requests.some(({ id }) => this.#accepts.concerns(before.get(id), next.get(id)))) return action();
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
  #tellOfEnded(ended: readonly ClientSession[]): void {
    const counts = new Map<string, number>();
    for (const { proxy } of ended) counts.set(proxy, (counts.get(proxy) ?? 0) + 1);
    const { programmed, refused } = this.#context;
    for (const [id, { generation }] of programmed) {
      const count = counts.get(proxyName(keyOf(id)));
      if (count === undefined || this.#settlement.owes(id) || refused.has(id)) continue;
      const message = `fresh and held connections obey the rule; ${count} held connections on a worker that earlier reloads had left behind were ended (setting atMaxOldWorkers: end)`;
      setConditions(this.#context, id, { InForce: conditionTrue('Verified', message) }, generation);
    }
  }

  /** The rule stays as it was, or away; all others go on. */
  refuse({ id, generation }: ReconcileRequest, { reason, message }: Refusal): void {
    const { board, programmed, refused } = this.#context;
    this.#open.delete(id);
    refused.set(id, generation);
    const no = conditionFalse(reason, message);
    const accepted = reason === 'ReloadFailed' ? conditionTrue('Valid', 'the rule is well-formed') : no;
    setConditions(this.#context, id, { Accepted: accepted, Programmed: no, InForce: no }, generation);
    board.resolve(id, keyOf(id), generation, 'refused', programmed.get(id)?.generation);
  }
}

import type { DesiredRule } from '../../desired.ts';
import type { ClientSession } from '../../drain-rules.ts';
import { concernsOldSessionsOnly, drainRulesFor } from '../../drain-rules.ts';
import type { RouterError } from '../../errors.ts';
import { keyOf, proxyName } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';
import { type Applied, applyRules } from '../apply/apply.ts';
import { InstalledFiles } from '../apply/installed-files.ts';
import type { Certificates } from '../config/certificates.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import { ProxySpecCache } from '../config/proxy-spec-cache.ts';
import { drainsFor } from '../drain/drain.ts';
import { ChainCache } from '../firewall/chain-cache.ts';
import { ownListeners } from '../firewall/own-listeners.ts';
import { type LiveState, readLiveState } from '../runtime/live-state.ts';
import { distrustedCertificates } from '../verify/distrusted-certificates.ts';
import { readMembersHealth } from '../verify/members.ts';
import { countSteps } from './activity.ts';
import type { RouterContext } from './context.ts';
import { distrustsConfigHash, type Knowledge, readsEverything } from './knowledge.ts';
import type { ReconcileRequest } from './requests.ts';
import type { Change } from './rollout.ts';

/** What `haproxy -c` or the kernel refuses can be one rule's fault; all other errors are the host's. */
const ruleFaults: Record<string, string> = {
  ROUTER_CONFIG_REJECTED: 'ConfigRejected',
  ROUTER_RELOAD_FAILED: 'ReloadFailed',
};

/** Whether a refusal with this reason came from HAProxy or the kernel, and not from admission. */
export const isVerdictOfHaproxy = (reason: string): boolean => Object.values(ruleFaults).includes(reason);

/** The refusal in an error that one rule may be to blame for; any other error is thrown on. */
const refusalOf = (error: unknown): Refusal => {
  const { code, message } = error as RouterError;
  const reason = ruleFaults[code];
  if (reason === undefined) throw error;
  return { reason, message };
};

/** What a round knows when it reads HAProxy and applies rules. */
export interface ReadScope {
  knowledge: Knowledge;
  /** Those of the round's rules. */
  certificates: Certificates;
}

/** What HAProxy and iptables took. */
export interface AppliedBatch {
  changes: Change[];
  /** HAProxy has other processes now. */
  newProcesses: boolean;
  /** Connections of unchanged rules that were ended with a worker that was too old. */
  ended: readonly ClientSession[];
}

/** How a batch ends for each of its rules. */
export interface BatchResults {
  applied(batch: AppliedBatch): void;
  /** The rule stays as it was, or away; all others go on. */
  refused(request: ReconcileRequest, refusal: Refusal): void;
}

/** Gives rules to HAProxy and iptables, and finds by bisection which of them is to blame when they are refused. */
export class BatchApplier {
  readonly #context: RouterContext;
  readonly #results: BatchResults;
  readonly #chain: ChainCache;
  readonly #installed: InstalledFiles;
  readonly #specs = new ProxySpecCache();

  constructor(context: RouterContext, results: BatchResults) {
    this.#context = context;
    this.#results = results;
    this.#chain = new ChainCache(context.dataPlane.packetFilter, ownListeners(context.settings));
    this.#installed = new InstalledFiles(context.dataPlane.files, context.paths);
  }

  /** Specs of what is programmed. */
  specs(): readonly ProxySpec[] {
    const { programmed, store } = this.#context.state;
    return this.#specs.of(programmed, store.serverIds);
  }

  /** Files and chain may have been changed by another program: they are read anew. */
  forget(): void {
    this.#chain.forget();
    this.#installed.forget();
  }

  /** Reads what HAProxy, which is running, runs: all of it, or the rules of `requests`. */
  async read({ knowledge, certificates }: ReadScope, requests?: readonly ReconcileRequest[]): Promise<LiveState> {
    const { dataPlane, paths } = this.#context;
    const proxies = requests?.map(({ id }) => proxyName(keyOf(id)));
    const live = await readLiveState(dataPlane.haproxy, paths, { proxies, certificateFiles: [...certificates.keys()] });
    return distrustsConfigHash(knowledge) ? { ...live, configHash: undefined } : live;
  }

  /** Reads all of it after a refusal, which may have ended it. Undefined: it is not running. */
  async #readBack(scope: ReadScope): Promise<LiveState | undefined> {
    return (await this.#context.dataPlane.haproxy.running()) ? this.read(scope) : undefined;
  }

  /**
   * Applies all rules at once. When HAProxy or the kernel refuses, applies them in halves, until the rule at fault stands
   * alone (B12).
   *
   * @throws whatever is the host's fault and no rule's. The rules of which no result was told are as they were.
   */
  async apply(requests: readonly ReconcileRequest[], live: LiveState | undefined, scope: ReadScope): Promise<void> {
    if (requests.length === 0) return;
    try {
      await this.#applyAll(requests, live, scope);
    } catch (error) {
      const refusal = refusalOf(error);
      if (requests.length === 1) return this.#quarantine(requests[0]!, refusal, scope);
      const half = Math.ceil(requests.length / 2);
      // Everything is read back: what the refusal has left is not known.
      await this.apply(requests.slice(0, half), await this.#readBack(scope), scope);
      await this.apply(requests.slice(half), await this.#readBack(scope), scope);
    }
  }

  /** A rule that is refused stays as it is; where HAProxy lost it, it comes back as it last was in force. */
  async #quarantine(request: ReconcileRequest, refusal: Refusal, scope: ReadScope): Promise<void> {
    const { programmed, store } = this.#context.state;
    const { id, generation, wanted } = request;
    this.#results.refused(request, refusal);
    const lastGood = store.inForce[id];
    if (!wanted || !lastGood || programmed.has(id) || lastGood.generation === generation) return;
    const fallback = { id, generation: lastGood.generation, wanted: lastGood };
    try {
      await this.#applyAll([fallback], await this.#readBack(scope), scope);
    } catch (error) {
      refusalOf(error);
    }
  }

  async #applyAll(requests: readonly ReconcileRequest[], live: LiveState | undefined, scope: ReadScope): Promise<void> {
    const { activity, state } = this.#context;
    const before = state.programmed;
    const next = withVersions(before, requests);
    const planned = requests.map((request) => ({
      request,
      drainRules: drainRulesFor(before.get(request.id)?.rule, request.wanted?.rule),
    }));
    const applied = await this.#syncChainAround(before, next, requests, () =>
      applyRules({ ...this.#context, installed: this.#installed }, this.#specs.of(next, state.store.serverIds), live, {
        changed: readsEverything(scope.knowledge) ? undefined : new Set(requests.map(({ id }) => id)),
        certificates: scope.certificates,
        standby: state.standby,
        scope: planned.some(({ drainRules }) => drainRules.some(concernsOldSessionsOnly)),
      }),
    );
    await this.#lookForBlockades(before, next, requests, scope);
    await this.#lookAtMembers(next, requests, applied.live);
    this.#lookAtCertificates(next, requests, scope);
    state.recordProgrammed(next);
    activity.runtimeOps += applied.runtimeOps;
    countSteps(activity, applied.steps, before, requests);
    this.#results.applied({
      changes: planned.map(({ request: { id, generation, wanted }, drainRules }) => ({
        id,
        generation,
        before: before.get(id),
        drains: drainsFor(id, proxyName(keyOf(id)), drainRules, applied.scope),
        leaving: serversLeaving(applied, id, wanted),
      })),
      newProcesses: applied.steps.some((step) => step.do === 'reload' || step.do === 'start'),
      ended: applied.ended,
    });
  }

  /** Asks what iptables does with the clients of rules whose chain has changed, or of which nothing is known. */
  async #lookForBlockades(
    before: ReadonlyMap<string, DesiredRule>,
    next: ReadonlyMap<string, DesiredRule>,
    requests: readonly ReconcileRequest[],
    { knowledge }: ReadScope,
  ): Promise<void> {
    const { blockadeFinder, state } = this.#context;
    const concerned = requests.filter(
      ({ id }) => readsEverything(knowledge) || admittance(before.get(id)) !== admittance(next.get(id)),
    );
    if (concerned.length === 0) return;
    const rules = concerned.flatMap(({ id }) => next.get(id)?.rule ?? []);
    const found = rules.length > 0 ? await blockadeFinder.find(rules) : [];
    const asked = new Set(concerned.map(({ id }) => id));
    state.recordBlockades(new Map([...[...state.blockades].filter(([id]) => !asked.has(id)), ...found]));
  }

  async #lookAtMembers(
    next: ReadonlyMap<string, DesiredRule>,
    requests: readonly ReconcileRequest[],
    live: LiveState,
  ): Promise<void> {
    const { dataPlane, state } = this.#context;
    const ids = new Set(requests.map(({ id }) => id));
    const specs = this.#specs.of(next, state.store.serverIds).filter(({ id }) => ids.has(id));
    state.recordMembers(ids, await readMembersHealth(dataPlane.haproxy, specs, live));
  }

  #lookAtCertificates(
    next: ReadonlyMap<string, DesiredRule>,
    requests: readonly ReconcileRequest[],
    { certificates }: ReadScope,
  ): void {
    const { dataPlane, state } = this.#context;
    const ids = new Set(requests.map(({ id }) => id));
    const rules = requests.flatMap(({ id }) => next.get(id)?.rule ?? []);
    const others = [...state.distrusted].filter(([id]) => !ids.has(id));
    const found = distrustedCertificates(rules, certificates, dataPlane.clock.now());
    state.recordDistrusted(new Map([...others, ...found]));
  }

  /**
   * A rule has its listener and its chain rules together (B19): a rule that goes loses its chain rules first, a rule that
   * comes gets them last. A failure leaves the chain as it was.
   */
  async #syncChainAround<T>(
    before: ReadonlyMap<string, DesiredRule>,
    next: ReadonlyMap<string, DesiredRule>,
    requests: readonly ReconcileRequest[],
    action: () => Promise<T>,
  ): Promise<T> {
    if (!requests.some(({ id }) => this.#chain.concerns(before.get(id), next.get(id)))) return action();
    await this.#chain.sync([...before].filter(([id]) => next.has(id)).map(([, rule]) => rule));
    let done: T;
    try {
      done = await action();
    } catch (error) {
      await this.#chain.sync([...before.values()]);
      throw error;
    }
    await this.#chain.sync([...next.values()]);
    return done;
  }
}

const withVersions = (
  before: ReadonlyMap<string, DesiredRule>,
  requests: readonly ReconcileRequest[],
): ReadonlyMap<string, DesiredRule> => {
  const next = new Map(before);
  for (const { id, wanted } of requests) {
    if (wanted) next.set(id, wanted);
    else next.delete(id);
  }
  return next;
};

/** Who may connect to a rule, as a text to compare. */
const admittance = (version: DesiredRule | undefined): string => JSON.stringify(version?.rule.cidrs);

/** Servers that HAProxy still has of the rule, and that are no members any more. */
const serversLeaving = ({ live }: Applied, id: string, wanted: DesiredRule | undefined): string[] => {
  const members = new Set(wanted?.rule.members.map(({ vm }) => vm));
  return [...(live.servers.get(proxyName(keyOf(id)))?.keys() ?? [])].filter((name) => !members.has(name));
};

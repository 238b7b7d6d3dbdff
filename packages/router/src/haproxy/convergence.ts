import { pending, yes } from '../conditions.ts';
import { type Wanted, wantedGeneration } from '../desired.ts';
import type { RouterError } from '../errors.ts';
import { keyOf, proxyName, ruleId } from '../names.ts';
import { admitRules } from './accept.ts';
import { acceptRules } from './accept-chain.ts';
import { type RouterContext, say } from './context.ts';
import { debtsOf } from './debts.ts';
import { layoutOf } from './layout.ts';
import { lintRule, type Refusal } from './lint.ts';
import { type LiveProxy, readLive } from './live.ts';
import { programRules } from './program.ts';
import { assignServerIds } from './server-ids.ts';
import { Settlement } from './settlement.ts';
import { saveDesired, saveServerIds } from './store.ts';

/** Faults of the machine, not of a rule (HAProxy gone, a socket hung), are tried again this often, ever more slowly. */
const maxRetries = 5;
const firstRetryMs = 50;

/** What `haproxy -c` or the kernel refuses can be one rule's fault; all other errors are the machine's. */
const ruleFaults: Record<string, string> = {
  ROUTER_CONFIG_REJECTED: 'ConfigRejected',
  ROUTER_RELOAD_FAILED: 'ReloadFailed',
};

/** The loop that brings HAProxy and iptables to what is wanted, for all rules that have changed at once. */
export class Convergence {
  readonly #context: RouterContext;
  readonly #settlement: Settlement;
  #admitted: string | undefined;
  #local: ReadonlySet<string> = new Set();
  #dirty = false;
  #loop: Promise<void> | undefined;

  constructor(context: RouterContext) {
    this.#context = context;
    this.#settlement = new Settlement(context);
  }

  /** Something has changed: looks at it now, or when what is under way is done. */
  kick(): void {
    this.#dirty = true;
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
    });
  }

  /** The same generation was sent again after a refusal: everything about it is tried again. */
  retry(id: string): void {
    this.#context.refused.delete(id);
    this.#settlement.retry(id);
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
        await this.#converge();
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

  /** Rules whose wanted generation is neither programmed nor refused; removed ones among them. */
  #changed(): string[] {
    const { store, programmed, refused } = this.#context;
    const { rules } = store.desired;
    const put = Object.keys(rules).filter((id) => {
      const { generation } = rules[id]!;
      return programmed.get(id)?.generation !== generation && refused.get(id) !== generation;
    });
    return [...put, ...[...programmed.keys()].filter((id) => !rules[id])];
  }

  async #converge(): Promise<void> {
    const ids = this.#changed();
    if (ids.length === 0) return;
    const { dataPlane, paths, store } = this.#context;
    await saveDesired(dataPlane.files, paths, store.desired);
    await this.#learnAddresses(ids);
    await this.#programOrSplit(ids.filter((id) => this.#admissible(id)));
  }

  /** Asks the machine for its addresses only when a rule names one that was not there the last time. */
  async #learnAddresses(ids: readonly string[]): Promise<void> {
    if (ids.every((id) => this.#local.has(keyOf(id).ip))) return;
    this.#local = new Set(await this.#context.dataPlane.localAddresses());
  }

  #admissible(id: string): boolean {
    const wanted = this.#context.store.desired.rules[id];
    const refusal = wanted && lintRule(wanted.rule, this.#context.settings, this.#local);
    if (refusal) this.#refuse(id, refusal);
    else say(this.#context, id, { Accepted: yes('Valid', 'the rule can be served by this router') });
    return !refusal;
  }

  /** All at once; when HAProxy or the kernel refuses, in halves, until the guilty rule stands alone (B12). */
  async #programOrSplit(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    try {
      await this.#program(ids);
    } catch (error) {
      const { code, message } = error as RouterError;
      const reason = ruleFaults[code];
      if (reason === undefined) throw error;
      if (ids.length === 1) return this.#refuse(ids[0]!, { reason, message });
      const half = Math.ceil(ids.length / 2);
      await this.#programOrSplit(ids.slice(0, half));
      await this.#programOrSplit(ids.slice(half));
    }
  }

  async #program(ids: readonly string[]): Promise<void> {
    const context = this.#context;
    const { dataPlane, paths, settings, store, stats } = context;
    const before = context.programmed;
    const next = new Map(before);
    const generations = new Map(ids.map((id) => [id, wantedGeneration(store.desired, id)]));
    for (const id of ids) {
      const wanted = store.desired.rules[id];
      if (wanted) next.set(id, wanted);
      else next.delete(id);
    }
    const live = (await dataPlane.haproxy.running()) ? await readLive(dataPlane.haproxy, paths) : undefined;
    await this.#assignIds(next, live);
    // Listener and accept exist together (B19): what goes loses its accept first, what comes gets it last.
    await this.#admit([...next].filter(([id]) => before.has(id)).map(([, wanted]) => wanted));
    const layout = layoutOf([...next.values()], store.serverIds);
    const done = await programRules({ dataPlane, paths, settings }, layout, live);
    await this.#admit([...next.values()]);

    context.programmed = next;
    stats.runtimeOps += done.runtimeOps;
    if (done.steps.some((step) => step.do === 'reload')) stats.reloads++;
    for (const id of ids) {
      const debts = debtsOf(id, proxyName(keyOf(id)), before.get(id)?.rule, next.get(id)?.rule, done.scope);
      void this.#settlement.settle({ id, generation: generations.get(id)!, before: before.get(id), debts });
    }
  }

  /** A server that is still leaving keeps its id: its VM may come back before it is gone. */
  async #assignIds(rules: ReadonlyMap<string, Wanted>, live: LiveProxy | undefined): Promise<void> {
    const { dataPlane, paths, store } = this.#context;
    const servers = [...rules].map(([rule, wanted]) => ({
      rule,
      vms: [...wanted.rule.members.map(({ vm }) => vm), ...(live?.servers.get(proxyName(wanted.rule))?.keys() ?? [])],
    }));
    const serverIds = assignServerIds(store.serverIds, servers);
    if (serverIds.next !== store.serverIds.next) await saveServerIds(dataPlane.files, paths, serverIds);
    store.serverIds = serverIds;
  }

  async #admit(wanted: readonly Wanted[]): Promise<void> {
    const rules = wanted.map(({ rule }) => rule).sort((a, b) => (ruleId(a) < ruleId(b) ? -1 : 1));
    const text = acceptRules(rules).join('\n');
    if (text === this.#admitted) return;
    await admitRules(this.#context.dataPlane.packetFilter, rules);
    this.#admitted = text;
  }

  /** The rule stays as it was, or away; all others go on. */
  #refuse(id: string, { reason, message }: Refusal): void {
    const { board, programmed, refused } = this.#context;
    const generation = wantedGeneration(this.#context.store.desired, id);
    refused.set(id, generation);
    const no = pending(reason, message);
    const accepted = reason === 'ReloadFailed' ? yes('Valid', 'the rule is well-formed') : no;
    say(this.#context, id, { Accepted: accepted, Programmed: no, InForce: no });
    board.settle(id, keyOf(id), generation, 'refused', programmed.get(id)?.generation);
  }

  /** A fault of the machine: the conditions say so at once, whoever waits is told when it has been tried often enough. */
  #report(error: Error, final: boolean): void {
    const fault = pending('RouterFault', error.message);
    for (const id of this.#changed()) {
      say(this.#context, id, { Programmed: fault, InForce: fault });
      if (final)
        this.#context.board.settle(id, keyOf(id), wantedGeneration(this.#context.store.desired, id), 'refused');
    }
  }
}

import { pending, yes } from '../conditions.ts';
import type { Wanted } from '../desired.ts';
import { RouterError } from '../errors.ts';
import { keyOf, proxyName } from '../names.ts';
import { type RouterContext, say } from './context.ts';
import { type Debt, payDebt } from './debts.ts';
import { bindingOf } from './held.ts';
import { layoutOf } from './layout.ts';
import { readLive } from './live.ts';
import { probeAffinity } from './probe.ts';
import { deleteOp } from './runtime.ts';

/** A rule that has just been programmed. */
export interface Change {
  id: string;
  generation: number;
  /** What was programmed before. */
  before: Wanted | undefined;
  debts: readonly Debt[];
}

/** Sees programmed rules through to being in force: held connections first, then the proof by probes. */
export class Settlement {
  readonly #context: RouterContext;
  /** Debts that are being paid, by rule: those of an earlier change hold back a later one. */
  readonly #paying = new Map<string, Set<Promise<number>>>();
  /** Changes that could not be proved; their debts stay. */
  readonly #unproved = new Map<string, Change>();

  constructor(context: RouterContext) {
    this.#context = context;
  }

  /** Resolves when the rule is in force, or its condition says why not, or a later change has taken over. */
  async settle(latest: Change): Promise<void> {
    const context = this.#context;
    const { id, generation } = latest;
    const unproved = this.#unproved.get(id);
    const change = unproved
      ? { ...latest, before: unproved.before, debts: [...unproved.debts, ...latest.debts] }
      : latest;
    this.#unproved.delete(id);
    const programmed = context.programmed.get(id);
    const overtaken = (): boolean => context.closed || context.programmed.get(id) !== programmed;
    say(
      context,
      id,
      {
        Programmed: yes(
          'Programmed',
          programmed ? 'HAProxy and iptables have the rule' : 'HAProxy and iptables have it no more',
        ),
        InForce: pending('Verifying', 'held connections of the change are drained, then the rule is probed'),
      },
      generation,
    );
    try {
      const left = await this.#payAll(id, change.debts);
      if (overtaken()) return;
      if (left > 0) throw new RouterError('ROUTER_NOT_IN_FORCE', `${left} held connections would not end`);
      if (programmed) {
        await this.#deleteLeft(id, programmed);
        await this.#probe(programmed, change.before);
      }
      if (overtaken()) return;
      say(context, id, { InForce: yes('Verified', 'fresh and held connections obey the rule') }, generation);
      context.board.settle(id, keyOf(id), generation, 'applied');
      if (!programmed) context.board.forget(id);
    } catch (error) {
      if (overtaken()) return;
      this.#unproved.set(id, change);
      say(context, id, { InForce: pending('NotVerified', (error as Error).message) }, generation);
      context.board.settle(id, keyOf(id), generation, 'refused');
    }
  }

  /** The same generation was sent again: tries once more to prove it. */
  retry(id: string): void {
    const change = this.#unproved.get(id);
    if (change) void this.settle({ ...change, debts: [] });
  }

  /** Pays the rule's debts, the ones of earlier changes too. Resolves to how many connections would not end. */
  async #payAll(id: string, debts: readonly Debt[]): Promise<number> {
    const { dataPlane, settings, store } = this.#context;
    const paying = this.#paying.get(id) ?? new Set();
    this.#paying.set(id, paying);
    const serverNames = (): ReadonlyMap<number, string> =>
      new Map(Object.entries(store.serverIds.ids[id] ?? {}).map(([vm, serverId]) => [serverId, vm]));
    for (const debt of debts) {
      const now = () => this.#context.programmed.get(id)?.rule;
      const payment = payDebt(dataPlane, debt, settings.drainDeadlineMs, now, serverNames);
      paying.add(payment);
      void payment.then(
        () => paying.delete(payment),
        () => paying.delete(payment),
      );
    }
    const left = await Promise.all(paying);
    return left.reduce((sum, count) => sum + count, 0);
  }

  /** Servers of members that have left, now that nobody is on them. One that HAProxy keeps busy goes with a later change. */
  async #deleteLeft(id: string, { rule }: Wanted): Promise<void> {
    const { dataPlane, paths, stats } = this.#context;
    const proxy = proxyName(keyOf(id));
    const members = new Set(rule.members.map(({ vm }) => vm));
    const live = (await readLive(dataPlane.haproxy, paths)).servers.get(proxy);
    const left = [...(live?.values() ?? [])].filter(({ name, maintenance }) => maintenance && !members.has(name));
    const ops = left.map(({ name }) => deleteOp(proxy, name));
    const answers = await dataPlane.haproxy.runtime(ops.map(({ command }) => command));
    stats.runtimeOps += ops.filter(({ answer }, index) => answer.test(answers[index]!)).length;
  }

  async #probe(wanted: Wanted, before: Wanted | undefined): Promise<void> {
    if (bindingOf(wanted.rule) !== 'table' || (before && bindingOf(before.rule) === 'table')) return;
    const { dataPlane, paths, store } = this.#context;
    const [layout] = layoutOf([wanted], store.serverIds);
    if (!layout!.servers.some(({ weight }) => weight > 0)) return;
    const verdict = await probeAffinity(dataPlane, layout!, paths);
    if (!verdict.ok) throw new RouterError('ROUTER_NOT_IN_FORCE', verdict.message);
  }
}

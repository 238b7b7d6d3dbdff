import { conditionFalse, conditionTrue } from '../../conditions.ts';
import { type DesiredRule, wantedGeneration } from '../../desired.ts';
import { bindingOf } from '../../drain-rules.ts';
import { RouterError } from '../../errors.ts';
import { keyOf, proxyName } from '../../names.ts';
import { sharedPort } from '../admission/port-conflicts.ts';
import { takesClients, toProxySpecs } from '../config/proxy-spec.ts';
import { type Drain, drainSessions } from '../drain/drain.ts';
import { deleteOp } from '../runtime/commands.ts';
import { probeAffinity } from '../verify/probe.ts';
import { forgetRule } from './assign-server-ids.ts';
import { type RouterContext, setConditions } from './context.ts';

/** A rule that has just been programmed. */
export interface Change {
  id: string;
  generation: number;
  /** What was programmed before. */
  before: DesiredRule | undefined;
  drains: readonly Drain[];
  /** Servers of members that have left; in maintenance, so that nobody new comes. */
  leaving: readonly string[];
}

/** The loop that programs rules, as a settlement sees it. */
export interface Rounds {
  /** There is something to look at: the store has changed, or HAProxy is gone. */
  enqueue(): void;
  /** Resolves when the round that is under way, if any, has ended. */
  round(): Promise<void>;
}

/** Sees programmed rules through to being in force: held connections first, then the proof by probes. */
export class Rollout {
  readonly #context: RouterContext;
  readonly #rounds: Rounds;
  /** Debts that are being paid: those of an earlier change hold back a later one. */
  readonly #paying = new Map<Drain, Promise<number>>();
  /** By rule, all that has been programmed since it was last proved to be in force. */
  readonly #unproved = new Map<string, Change>();
  /** By rule, the proof that is under way: two sets of probes would see each other. */
  readonly #proofs = new Map<string, Promise<void>>();

  constructor(context: RouterContext, rounds: Rounds) {
    this.#context = context;
    this.#rounds = rounds;
  }

  /** True while a change of the rule is not proved. */
  owes(id: string): boolean {
    return this.#unproved.has(id);
  }

  /** HAProxy is gone, and all connections with it. What was under way is over; all rules are programmed anew. */
  haproxyGone(): void {
    this.#unproved.clear();
  }

  /** Resolves when the rule is in force, or its condition says why not, or a later change has taken over. */
  async complete(latest: Change): Promise<void> {
    const context = this.#context;
    const { board, store } = context;
    const { id } = latest;
    const earlier = this.#unproved.get(id);
    const change = earlier
      ? { ...latest, before: earlier.before, drains: [...new Set([...earlier.drains, ...latest.drains])] }
      : latest;
    this.#unproved.set(id, change);
    const programmed = context.programmed.get(id);
    const overtaken = (): boolean => context.closed || this.#unproved.get(id) !== change;
    // Removed once more meanwhile: whoever asked for that is told as well.
    const generation = (): number =>
      programmed || store.desired.rules[id] ? change.generation : wantedGeneration(store.desired, id);
    setConditions(
      context,
      id,
      {
        Programmed: conditionTrue(
          'Programmed',
          programmed ? 'HAProxy and iptables have the rule' : 'HAProxy and iptables have it no more',
        ),
        InForce: conditionFalse('Verifying', 'held connections of the change are drained, then the rule is probed'),
      },
      generation(),
    );
    try {
      await this.#payAll(change);
      if (programmed) await this.#inTurn(id, async () => overtaken() || this.#prove(change, programmed));
      if (overtaken()) return;
    } catch (error) {
      await this.#rounds.round(); // HAProxy may have been given the next version of the rule already
      const gone = await context.dataPlane.haproxy.running().then(
        (running) => !running,
        () => false,
      );
      if (overtaken()) return;
      if (gone) return this.#rounds.enqueue(); // it is started anew with all rules, and this one is seen through then
      setConditions(context, id, { InForce: conditionFalse('NotVerified', (error as Error).message) }, generation());
      board.resolve(id, keyOf(id), generation(), 'refused');
      return;
    }
    this.#unproved.delete(id);
    if (programmed) store.inForce[id] = programmed;
    else if (store.desired.rules[id]) delete store.inForce[id];
    else forgetRule(store, id);
    const conflict = programmed && context.portConflicts.get(id);
    const InForce =
      conflict === undefined
        ? conditionTrue('Verified', 'fresh and held connections obey the rule')
        : { status: 'False' as const, ...sharedPort(id, conflict) };
    setConditions(context, id, { InForce }, generation());
    board.resolve(id, keyOf(id), generation(), conflict === undefined ? 'applied' : 'refused');
    if (!programmed && !store.desired.rules[id]) board.forget(id);
    this.#rounds.enqueue();
  }

  /** The same was asked for again: tries once more to prove it, unless something newer is about to be tried. */
  retry(id: string): void {
    const { programmed, store } = this.#context;
    const change = this.#unproved.get(id);
    if (change && programmed.get(id)?.generation === store.desired.rules[id]?.generation) void this.complete(change);
  }

  /** Pays the rule's debts, the ones of earlier changes too. */
  async #payAll({ id, drains }: Change): Promise<void> {
    const left = await Promise.all(drains.map((drain) => this.#paying.get(drain) ?? this.#pay(id, drain)));
    const count = left.reduce((sum, each) => sum + each, 0);
    if (count > 0) throw new RouterError('ROUTER_NOT_IN_FORCE', `${count} held connections would not end`);
  }

  #pay(id: string, drain: Drain): Promise<number> {
    const context = this.#context;
    const payment = drainSessions(
      context.dataPlane,
      context.workerSessions,
      drain,
      context.settings.drainDeadlineMs,
      () => context.programmed.get(id)?.rule,
      () => new Map(Object.entries(context.store.serverIds.ids[id] ?? {}).map(([vm, serverId]) => [serverId, vm])),
      () => context.closed,
    ).finally(() => this.#paying.delete(drain));
    this.#paying.set(drain, payment);
    return payment;
  }

  async #inTurn(id: string, proof: () => Promise<unknown>): Promise<void> {
    const turn = (this.#proofs.get(id) ?? Promise.resolve()).then(async () => {
      await proof();
    });
    const settled = turn.catch(() => {});
    this.#proofs.set(id, settled);
    try {
      await turn;
    } finally {
      if (this.#proofs.get(id) === settled) this.#proofs.delete(id);
    }
  }

  async #prove(change: Change, programmed: DesiredRule): Promise<void> {
    await this.#deleteLeft(change);
    await this.#probe(programmed, change.before);
  }

  /** Servers of members that have left, now that nobody is on them. One that HAProxy keeps busy goes with a later change. */
  async #deleteLeft({ id, leaving }: Change): Promise<void> {
    const { dataPlane, stats } = this.#context;
    const ops = leaving.map((server) => deleteOp(proxyName(keyOf(id)), server));
    const answers = await dataPlane.haproxy.runtime(ops.map(({ command }) => command));
    stats.runtimeOps += ops.filter(({ answer }, index) => answer.test(answers[index]!)).length;
  }

  async #probe(wanted: DesiredRule, before: DesiredRule | undefined): Promise<void> {
    if (bindingOf(wanted.rule) !== 'table' || (before && bindingOf(before.rule) === 'table')) return;
    const { dataPlane, paths, store } = this.#context;
    const [spec] = toProxySpecs([wanted], store.serverIds);
    if (!spec!.servers.some(takesClients)) return;
    const verdict = await probeAffinity(dataPlane, spec!, paths);
    if (!verdict.ok) throw new RouterError('ROUTER_NOT_IN_FORCE', verdict.message);
  }
}

import { type ConditionUpdate, conditionFalse, conditionTrue } from '../../conditions.ts';
import { wantedGeneration } from '../../desired.ts';
import type { ClientSession } from '../../drain-rules.ts';
import { keyOf, proxyName } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';
import { isNotResponding, notRespondingReason } from '../runtime/not-responding.ts';
import { type RouterContext, setConditions } from './context.ts';
import type { ReconcileRequest } from './requests.ts';
import type { Failure } from './work-loop.ts';

/** The host failed before the rule could be validated. */
const notChecked: ConditionUpdate = {
  status: 'Unknown',
  reason: 'NotChecked',
  message: 'the rule is looked at when the machine is well again',
};

type Id = Pick<ReconcileRequest, 'id'>;

/** The generation of the rule up to which a rollout answers commands; undefined: no rollout is under way. */
export type GenerationToAnswer = (id: string) => number | undefined;

/**
 * The requests that the current round has not answered yet, and what is said of them in the rules' conditions. When the
 * host fails in the middle of a round, its fault is said of exactly these.
 */
export class OpenRequests {
  readonly #context: RouterContext;
  readonly #generationToAnswer: GenerationToAnswer;
  readonly #open = new Map<string, ReconcileRequest>();

  constructor(context: RouterContext, generationToAnswer: GenerationToAnswer) {
    this.#context = context;
    this.#generationToAnswer = generationToAnswer;
  }

  /** The round begins with these. */
  add(requests: readonly ReconcileRequest[]): void {
    for (const request of requests) this.#open.set(request.id, request);
  }

  /** This round has done its part: their rollout or a later round answers them. */
  close(requests: readonly Id[]): void {
    for (const { id } of requests) this.#open.delete(id);
  }

  /** The rule can be served here. */
  accept({ id, generation }: ReconcileRequest): void {
    const Accepted = conditionTrue('Valid', 'the rule can be served by this router');
    setConditions(this.#context, id, { Accepted }, generation);
  }

  /**
   * The rule stays as it was, or away; all others go on. Commands for the version that is being rolled out are left to
   * its rollout. A version that was in force, and cannot be served now, has none: its commands are answered here.
   */
  refuse(request: ReconcileRequest, { reason, message }: Refusal): void {
    const { board, state } = this.#context;
    const { id, generation } = request;
    this.close([request]);
    // The last good version of a rule whose wanted version was refused before: that refusal stands.
    if (generation === wantedGeneration(state.store.desired, id)) state.recordRefusal(id, { generation, reason });
    const no = conditionFalse(reason, message);
    const accepted = reason === 'ReloadFailed' ? conditionTrue('Valid', 'the rule is well-formed') : no;
    setConditions(this.#context, id, { Accepted: accepted, Programmed: no, InForce: no }, generation);
    this.#context.trace.refused(id, generation);
    board.resolve(id, keyOf(id), generation, 'refused', this.#generationToAnswer(id));
  }

  /** A rule that is to go, and is not there. */
  answerAbsent(request: ReconcileRequest): void {
    const { board, state } = this.#context;
    const { id, generation } = request;
    this.close([request]);
    state.clearRefusal(id);
    state.forget(id);
    this.#context.trace.gone(id, generation);
    board.resolve(id, keyOf(id), generation, 'applied');
    board.forget(id);
  }

  /** Connections of unchanged rules were ended: their conditions say so. */
  tellOfEnded(ended: readonly ClientSession[], isProgressing: (id: string) => boolean): void {
    if (ended.length === 0) return;
    const counts = new Map<string, number>();
    for (const { proxy } of ended) counts.set(proxy, (counts.get(proxy) ?? 0) + 1);
    const { state } = this.#context;
    for (const [id, { generation }] of state.programmed) {
      const count = counts.get(proxyName(keyOf(id)));
      if (count === undefined || isProgressing(id) || state.refusedGeneration(id) !== undefined) continue;
      const message = `fresh and held connections obey the rule; ${count} held connections on a worker that earlier reloads had left behind were ended (setting atMaxOldWorkers: end)`;
      setConditions(this.#context, id, { InForce: conditionTrue('Verified', message) }, generation);
    }
  }

  /** A fault of the host: the conditions say so at once, and commands are answered when it was tried often enough. */
  fail(error: Error, { tries, since, final }: Failure): void {
    const { board } = this.#context;
    const fault = conditionFalse(
      isNotResponding(error) ? notRespondingReason : 'MachineFault',
      `${error.message} (since ${new Date(since).toISOString()}, ${tries} tries; the router goes on trying)`,
    );
    for (const { id, generation } of this.#open.values()) {
      const { conditions } = board.status(id, keyOf(id));
      const checked = conditions.some((each) => each.type === 'Accepted' && each.observedGeneration === generation);
      const Accepted = !checked && { Accepted: notChecked };
      setConditions(this.#context, id, { ...Accepted, Programmed: fault, InForce: fault }, generation);
      if (final) board.resolve(id, keyOf(id), generation, 'refused');
    }
    if (final) this.#open.clear();
  }
}

import { conditionFalse } from '../../conditions.ts';
import type { DesiredRule } from '../../desired.ts';
import { keyOf } from '../../names.ts';
import { type ProxySpec, toProxySpecs } from '../config/proxy-spec.ts';
import { staticTextOf } from '../plan/reload-reason.ts';
import { serverReload } from '../plan/server-reload.ts';
import { type RouterContext, setConditions } from './context.ts';
import type { GenerationToAnswer } from './open-requests.ts';
import type { ReconcileRequest } from './requests.ts';

/** How often it is looked whether an old worker has ended. */
const pollMs = 500;

/** A held-back command is answered after that time: not in force yet. The change stays queued. */
const answerAfterMs = 10_000;

/**
 * Holds back changes that need a reload while earlier reloads have left too many workers behind: to make room would cost
 * connections of rules that nobody has changed. All other changes pass.
 */
export class ReloadGate {
  readonly #context: RouterContext;
  readonly #lookAgain: () => void;
  readonly #generationToAnswer: GenerationToAnswer;
  /** Generations held back, by rule id, and since when; milliseconds since the epoch. */
  #held = new Map<string, { generation: number; since: number }>();
  #timed = false;

  constructor(context: RouterContext, generationToAnswer: GenerationToAnswer, lookAgain: () => void) {
    this.#context = context;
    this.#generationToAnswer = generationToAnswer;
    this.#lookAgain = lookAgain;
  }

  /** Of these goals, those that can be had now. The conditions of the others say why not, and since when. */
  async pass(requests: readonly ReconcileRequest[]): Promise<ReconcileRequest[]> {
    const { atMaxOldWorkers, maxOldWorkers } = this.#context.settings;
    const waiting = atMaxOldWorkers === 'wait' ? requests.filter((request) => this.#needsReload(request)) : [];
    const old = waiting.length > 0 ? await this.#oldWorkers() : 0;
    if (waiting.length === 0 || old < maxOldWorkers) {
      this.#held.clear();
      return [...requests];
    }
    const now = this.#context.dataPlane.clock.now();
    this.#held = new Map(
      waiting.map(({ id, generation }) => [id, { generation, since: this.#since(id, generation) ?? now }]),
    );
    for (const request of waiting) this.#tell(request, old, now);
    this.#lookLater();
    return requests.filter((request) => !waiting.includes(request));
  }

  #needsReload({ id, wanted }: ReconcileRequest): boolean {
    const { haproxy, paths, settings, state } = this.#context;
    const staticText = staticTextOf(paths, settings, haproxy);
    const specOf = (version: DesiredRule | undefined): ProxySpec | undefined =>
      version && toProxySpecs([version], state.store.serverIds)[0];
    const [from, to] = [specOf(state.programmed.get(id)), specOf(wanted)];
    if (!from || !to) return from !== to;
    const known = new Map(from.servers.map((server) => [server.name, server]));
    return staticText(from) !== staticText(to) || serverReload(to, known, haproxy) !== undefined;
  }

  async #oldWorkers(): Promise<number> {
    const { workerSessions, counters, settings } = this.#context;
    const { old } = await workerSessions.workers();
    if (old.length < settings.maxOldWorkers) return old.length;
    await counters.refresh(); // lets go of old workers that serve no client any more
    return (await workerSessions.workers()).old.length;
  }

  #since(id: string, generation: number): number | undefined {
    const held = this.#held.get(id);
    return held?.generation === generation ? held.since : undefined;
  }

  #tell({ id, generation }: ReconcileRequest, old: number, now: number): void {
    const context = this.#context;
    const why = conditionFalse(
      'ReloadHeldBack',
      `${old} workers that earlier reloads have left behind still hold connections, and one more is one too many; the change comes when one of them has ended. To go on at once, raise maxOldWorkers, or let the oldest connections be ended by atMaxOldWorkers: end`,
    );
    setConditions(context, id, { Programmed: why, InForce: why }, generation);
    if (now - this.#since(id, generation)! >= answerAfterMs) {
      context.board.resolve(id, keyOf(id), generation, 'refused', this.#generationToAnswer(id));
    }
  }

  #lookLater(): void {
    if (this.#timed) return;
    this.#timed = true;
    this.#context.dataPlane.clock.after(pollMs, () => {
      this.#timed = false;
      this.#lookAgain();
    });
  }
}

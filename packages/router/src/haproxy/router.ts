import type { CommandResult, PutRule, RemoveRule, SyncRules } from '@limpet/contract';
import type { DataPlane } from '../dataplane.ts';
import { putRule, removeRule, syncRules, type Verdict } from '../desired.ts';
import { RouterError } from '../errors.ts';
import { keyOf, ruleId } from '../names.ts';
import type { Router, RouterStats } from '../router.ts';
import { StatusBoard } from '../status-board.ts';
import type { RouterContext } from './context.ts';
import { Convergence } from './convergence.ts';
import { routerPaths } from './paths.ts';
import { defaultSettings, type RouterSettings } from './settings.ts';
import { StateFile } from './store.ts';

export interface HaproxyRouterOptions {
  dataPlane: DataPlane;
  /** All files and sockets of the router; HAProxy's stats socket is in it. */
  dir: string;
  settings?: Partial<RouterSettings>;
}

/**
 * Limpet's own router: desired -> plan -> apply -> verify. Commands only change what is wanted, and are answered when
 * their rules are in force, held connections included, or refused.
 */
class HaproxyRouter implements Router {
  readonly #context: RouterContext;
  readonly #convergence: Convergence;

  constructor(context: RouterContext) {
    this.#context = context;
    this.#convergence = new Convergence(context);
    const { desired, inForce } = context.store;
    if (Object.keys(desired.rules).length + Object.keys(inForce).length > 0) this.#convergence.kick();
  }

  putRule(command: PutRule): Promise<CommandResult> {
    this.#checkOpen();
    return this.#accept(putRule(this.#context.store.desired, command), [[ruleId(command.rule), command.generation]]);
  }

  removeRule(command: RemoveRule): Promise<CommandResult> {
    this.#checkOpen();
    return this.#accept(removeRule(this.#context.store.desired, command), [[ruleId(command.key), command.generation]]);
  }

  syncRules({ snapshot }: SyncRules): Promise<CommandResult> {
    this.#checkOpen();
    const { desired } = this.#context.store;
    const before = Object.keys(desired.rules);
    const verdict = syncRules(desired, snapshot);
    const named = snapshot.rules.map(({ rule, generation }) => [ruleId(rule), generation] as const);
    const gone = before.filter((id) => !desired.rules[id]).map((id) => [id, snapshot.revision] as const);
    return this.#accept(verdict, [...named, ...gone]);
  }

  async reportRules(): Promise<CommandResult> {
    const { board, store } = this.#context;
    return { outcome: 'applied', rules: Object.keys(store.desired.rules).map((id) => board.status(id, keyOf(id))) };
  }

  stats(): RouterStats {
    return { ...this.#context.stats };
  }

  async close(): Promise<void> {
    this.#context.closed = true;
    this.#context.board.close();
    await this.#convergence.idle();
    await this.#context.dataPlane.haproxy.stop();
  }

  #checkOpen(): void {
    if (this.#context.closed) throw new RouterError('ROUTER_CLOSED', 'the router is closed; open it again');
  }

  async #accept(verdict: Verdict, ids: readonly (readonly [string, number])[]): Promise<CommandResult> {
    const { board } = this.#context;
    if (verdict === 'superseded') {
      return { outcome: 'superseded', rules: ids.map(([id]) => board.status(id, keyOf(id))) };
    }
    const waits = ids.map(([id, generation]) => {
      // Sent again, it is tried again (apache/cloudstack#4285, where it was not).
      if (board.reopen(id, generation)) this.#convergence.retry(id);
      return board.wait(id, generation);
    });
    this.#convergence.kick();
    if (waits.length === 0) await this.#convergence.idle(); // its revision is to be on disk as well
    const settled = await Promise.all(waits);
    const refusal = settled.some(({ outcome }) => outcome === 'refused');
    return { outcome: refusal ? 'refused' : 'applied', rules: settled.map(({ status }) => status) };
  }
}

/**
 * Opens Limpet's router on a data plane. What it wanted before comes from `dir`, and is brought about at once.
 *
 * @throws RouterError `ROUTER_STATE_UNREADABLE`.
 */
export async function createHaproxyRouter({ dataPlane, dir, settings }: HaproxyRouterOptions): Promise<Router> {
  const paths = routerPaths(dir);
  const state = new StateFile(dataPlane.files, paths.state);
  const store = await state.load();
  return new HaproxyRouter({
    dataPlane,
    paths,
    settings: { ...defaultSettings, ...settings },
    store,
    state,
    board: new StatusBoard(() => dataPlane.clock.now()),
    programmed: new Map(Object.entries(store.inForce)),
    refused: new Map(),
    stats: { reloads: 0, runtimeOps: 0 },
    closed: false,
  });
}

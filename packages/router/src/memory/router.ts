import type { CommandResult, PutRule, RemoveRule, RuleRecord, SyncRules } from '@limpet/contract';
import type { MemoryDataPlane } from '@limpet/data-plane';
import { conditionFalse, conditionTrue } from '../conditions.ts';
import { emptyDesired, putRule, removeRule, syncRules, type Verdict, wantedGeneration } from '../desired.ts';
import { keyOf, ruleId } from '../names.ts';
import type { Router, RouterStats } from '../router.ts';
import { StatusBoard } from '../status-board.ts';
import { Engine } from './engine.ts';

/** What the router in memory is opened with. */
export interface MemoryRouterOptions {
  /** A data plane whose HAProxy does not run yet: the router starts it, without a config. */
  dataPlane: MemoryDataPlane;
}

/** Opens a router that applies rules directly to an emulated HAProxy: they are in force when a call resolves. */
export function createMemoryRouter({ dataPlane }: MemoryRouterOptions): Router {
  return new MemoryRouter(dataPlane);
}

class MemoryRouter implements Router {
  readonly #dataPlane: MemoryDataPlane;
  readonly #engine: Engine;
  readonly #board: StatusBoard;
  readonly #desired = emptyDesired();
  readonly #inForce = new Map<string, RuleRecord>();

  constructor(dataPlane: MemoryDataPlane) {
    this.#dataPlane = dataPlane;
    this.#engine = new Engine(dataPlane);
    this.#board = new StatusBoard(dataPlane.clock);
  }

  putRule(command: PutRule): Promise<CommandResult> {
    return this.#answer(putRule(this.#desired, command), [ruleId(command.rule)]);
  }

  removeRule(command: RemoveRule): Promise<CommandResult> {
    return this.#answer(removeRule(this.#desired, command), [ruleId(command.key)]);
  }

  syncRules({ snapshot }: SyncRules): Promise<CommandResult> {
    const before = [...this.#inForce.keys()];
    const verdict = syncRules(this.#desired, snapshot);
    return this.#answer(verdict, [...new Set([...Object.keys(this.#desired.rules), ...before])]);
  }

  async reportRules(): Promise<CommandResult> {
    return {
      outcome: 'applied',
      rules: Object.keys(this.#desired.rules).map((id) => this.#board.status(id, keyOf(id))),
    };
  }

  stats(): RouterStats {
    return { reloads: 0, runtimeOps: this.#engine.operations };
  }

  async close(): Promise<void> {
    await this.#dataPlane.haproxy.stop();
  }

  async #answer(verdict: Verdict, ids: readonly string[]): Promise<CommandResult> {
    if (verdict === 'superseded') return { outcome: 'superseded', rules: this.#statuses(ids) };
    const local = await this.#dataPlane.localAddresses();
    const outcomes = ids.map((id) => this.#apply(id, local));
    await this.#engine.openPorts([...this.#inForce.values()]);
    const rules = this.#statuses(ids);
    for (const id of ids) if (!this.#desired.rules[id]) this.#board.forget(id);
    return { outcome: outcomes.includes('refused') ? 'refused' : 'applied', rules };
  }

  /** Applies a rule, or refuses it: then its version in force stays. */
  #apply(id: string, local: readonly string[]): 'applied' | 'refused' {
    const [key, generation] = [keyOf(id), wantedGeneration(this.#desired, id)];
    const rule = this.#desired.rules[id]?.rule;
    const outcome = !rule || local.includes(rule.ip) ? 'applied' : 'refused';
    if (outcome === 'refused') {
      const message = `ip: ${key.ip} is not an address of the router; assign it to the router, or change the rule`;
      const refused = conditionFalse('AddressNotLocal', message);
      this.#board.setConditions(id, key, generation, generation, {
        Accepted: refused,
        Programmed: refused,
        InForce: refused,
      });
    } else {
      if (rule) this.#put(id, rule);
      else this.#remove(id);
      this.#board.setConditions(id, key, generation, generation, {
        Accepted: conditionTrue('Valid', 'the rule can be served by this router'),
        Programmed: conditionTrue('Programmed', 'HAProxy and the packet filter are as the rule says'),
        InForce: conditionTrue('Enforced', 'fresh and held connections obey the rule'),
      });
    }
    this.#board.resolve(id, key, generation, outcome);
    return outcome;
  }

  #put(id: string, rule: RuleRecord): void {
    if (this.#inForce.get(id) === rule) return;
    this.#engine.put(rule);
    this.#inForce.set(id, rule);
  }

  #remove(id: string): void {
    if (this.#inForce.delete(id)) this.#engine.remove(keyOf(id));
  }

  #statuses(ids: readonly string[]) {
    return ids.map((id) => this.#board.status(id, keyOf(id)));
  }
}

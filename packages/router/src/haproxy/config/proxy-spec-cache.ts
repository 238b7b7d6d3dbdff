import type { DesiredRule } from '../../desired.ts';
import { type ProxySpec, toProxySpecs } from './proxy-spec.ts';
import type { ServerIds } from './server-ids.ts';

interface Cached {
  rule: DesiredRule;
  /** The rule's server ids, compared by identity. */
  ids: unknown;
  spec: ProxySpec;
}

/**
 * Proxy specs by rule. An unchanged rule keeps the same object, so that what is derived from it can be cached as well.
 */
export class ProxySpecCache {
  readonly #cached = new Map<string, Cached>();
  /** Ids of all rules, sorted. */
  #ids: readonly string[] = [];
  #specs: readonly ProxySpec[] = [];

  /** The specs of these rules, sorted by rule id; the same list when nothing differs from the last one. */
  of(rules: ReadonlyMap<string, DesiredRule>, serverIds: ServerIds): readonly ProxySpec[] {
    let differs = false;
    let sameIds = rules.size === this.#cached.size;
    for (const [id, rule] of rules) {
      const before = this.#cached.get(id);
      const ids = serverIds.ids[id];
      if (before?.rule === rule && before.ids === ids) continue;
      differs = true;
      if (!before) sameIds = false;
      this.#cached.set(id, { rule, ids, spec: toProxySpecs([rule], serverIds)[0]! });
    }
    if (!differs && sameIds) return this.#specs;
    if (!sameIds) {
      for (const id of this.#cached.keys()) if (!rules.has(id)) this.#cached.delete(id);
      this.#ids = [...rules.keys()].sort();
    }
    this.#specs = this.#ids.map((id) => this.#cached.get(id)!.spec);
    return this.#specs;
  }
}

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
  #cached = new Map<string, Cached>();

  /** The specs of these rules, sorted by rule id. */
  of(rules: ReadonlyMap<string, DesiredRule>, serverIds: ServerIds): ProxySpec[] {
    const next = new Map<string, Cached>();
    for (const [id, rule] of rules) {
      const before = this.#cached.get(id);
      const ids = serverIds.ids[id];
      const same = before?.rule === rule && before.ids === ids;
      next.set(id, same ? before : { rule, ids, spec: toProxySpecs([rule], serverIds)[0]! });
    }
    this.#cached = next;
    return [...next.values()].map(({ spec }) => spec).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

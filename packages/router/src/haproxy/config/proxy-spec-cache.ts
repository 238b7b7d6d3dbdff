import type { DesiredRule } from '../../desired.ts';
import { type ProxySpec, toProxySpecs } from './proxy-spec.ts';
import type { ServerIds } from './server-ids.ts';

interface Known {
  wanted: DesiredRule;
  /** The rule's server ids, known by identity. */
  ids: unknown;
  spec: ProxySpec;
}

/** Layouts of rules; that of a rule that has not changed is the same object, so that what follows from it can be kept. */
export class ProxySpecCache {
  #known = new Map<string, Known>();

  of(rules: ReadonlyMap<string, DesiredRule>, serverIds: ServerIds): ProxySpec[] {
    const next = new Map<string, Known>();
    for (const [id, wanted] of rules) {
      const before = this.#known.get(id);
      const ids = serverIds.ids[id];
      const same = before?.wanted === wanted && before.ids === ids;
      next.set(id, same ? before : { wanted, ids, spec: toProxySpecs([wanted], serverIds)[0]! });
    }
    this.#known = next;
    return [...next.values()].map(({ spec }) => spec).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

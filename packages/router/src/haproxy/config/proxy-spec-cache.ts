import type { Wanted } from '../../desired.ts';
import { layoutOf, type RuleLayout } from './proxy-spec.ts';
import type { ServerIds } from './server-ids.ts';

interface Known {
  wanted: Wanted;
  /** The rule's server ids, known by identity. */
  ids: unknown;
  layout: RuleLayout;
}

/** Layouts of rules; that of a rule that has not changed is the same object, so that what follows from it can be kept. */
export class Layouts {
  #known = new Map<string, Known>();

  of(rules: ReadonlyMap<string, Wanted>, serverIds: ServerIds): RuleLayout[] {
    const next = new Map<string, Known>();
    for (const [id, wanted] of rules) {
      const before = this.#known.get(id);
      const ids = serverIds.ids[id];
      const same = before?.wanted === wanted && before.ids === ids;
      next.set(id, same ? before : { wanted, ids, layout: layoutOf([wanted], serverIds)[0]! });
    }
    this.#known = next;
    return [...next.values()].map(({ layout }) => layout).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

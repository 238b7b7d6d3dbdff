import { isDeepStrictEqual } from 'node:util';
import type { RuleRecord } from '@limpet/contract';
import type { DesiredRule } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';

/**
 * Which rule hands clients to which: a member may be another rule of the same router. One connection to rules that hand it
 * round in a circle takes all connections that HAProxy has, those of every other rule, too.
 */
export class Forwarding {
  readonly #programmed: ReadonlyMap<string, DesiredRule>;
  /** By id, the rules that are asked for; undefined while it is not decided whether they are accepted. */
  readonly #asked: Map<string, RuleRecord | undefined>;

  /** @param rules those of which it is asked whether they are accepted, in place of their versions in `programmed`. */
  constructor(rules: readonly RuleRecord[], programmed: ReadonlyMap<string, DesiredRule>) {
    this.#programmed = programmed;
    // One that HAProxy has as it is stays: the other one that closes the circle is refused, whichever comes first.
    const isThere = (rule: RuleRecord) => isDeepStrictEqual(programmed.get(ruleId(rule))?.rule, rule);
    this.#asked = new Map(rules.map((rule) => [ruleId(rule), isThere(rule) ? rule : undefined]));
  }

  /** The rule is accepted. */
  take(rule: RuleRecord): void {
    this.#asked.set(ruleId(rule), rule);
  }

  /** Why the rule would hand clients to itself; undefined when it does not. */
  refusal(rule: RuleRecord): Refusal | undefined {
    const id = ruleId(rule);
    const from = new Map<string, string>();
    const open = [rule];
    for (let next = open.shift(); next; next = open.shift()) {
      for (const member of next.members) {
        const target = ruleId(member);
        if (from.has(target)) continue;
        from.set(target, ruleId(next));
        if (target === id) return loop(id, from);
        open.push(...this.#rule(target));
      }
    }
    return undefined;
  }

  #rule(id: string): RuleRecord[] {
    const rule = this.#asked.has(id) ? this.#asked.get(id) : this.#programmed.get(id)?.rule;
    return rule ? [rule] : [];
  }
}

function loop(id: string, from: ReadonlyMap<string, string>): Refusal {
  const way = [id];
  do way.unshift(from.get(way[0]!)!);
  while (way[0] !== id);
  return {
    reason: 'ForwardingLoop',
    message: `members: clients would come back to the rule (${way.join(' -> ')}), for ever; name the VMs that serve it`,
  };
}

/**
 * How much of HAProxy a router knows. It decides how much a round reads back, and how many rules it applies: everything,
 * or only the rules that change.
 *
 * ```
 *            reconciled                    drift found
 *  'none' ───────────────▶ 'all' ◀───────────────────▶ Drifted
 *    ▲                       │        reconciled          │
 *    └───────────────────────┴────────────────────────────┘
 *                     HAProxy is not running
 * ```
 */
export type Knowledge = 'none' | 'all' | Drifted;

/** Something else than the router has changed HAProxy, iptables or the host. */
export interface Drifted {
  /** Ids of the rules that are to be brought back. */
  readonly rules: ReadonlySet<string>;
  /** HAProxy has read its files at another program's request: what it runs is unknown, whatever config hash it carries. */
  readonly reloadedExternally: boolean;
}

/** True when a round has to read all of HAProxy back, and not only the rules that change. */
export const readsEverything = (knowledge: Knowledge): boolean => knowledge !== 'all';

/** True when the rule has to be applied although it has not changed. */
export const isInDoubt = (knowledge: Knowledge, id: string): boolean =>
  knowledge === 'none' || (knowledge !== 'all' && knowledge.rules.has(id));

/** What is left of the knowledge when these rules are in doubt, too. */
export function inDoubt(knowledge: Knowledge, rules: ReadonlySet<string>): Knowledge {
  if (knowledge === 'none' || rules.size === 0) return knowledge;
  const before: Drifted = knowledge === 'all' ? { rules: new Set(), reloadedExternally: false } : knowledge;
  return { ...before, rules: new Set([...before.rules, ...rules]) };
}

/** True when the config hash that HAProxy carries says nothing. */
export const distrustsConfigHash = (knowledge: Knowledge): boolean =>
  typeof knowledge === 'object' && knowledge.reloadedExternally;

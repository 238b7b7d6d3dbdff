import type { Chain, Ruleset, Table } from './ruleset.ts';

/**
 * The text that `iptables-restore` takes: as `iptables-save` prints it, without its comments. Counters of rules are
 * read by `iptables-restore --counters` only.
 */
export function renderSave(ruleset: Ruleset): string {
  return ruleset.tables.map(renderTable).join('');
}

function renderTable({ name, chains }: Table): string {
  const declarations = chains.map(
    ({ name, policy, counters }) => `:${name} ${policy} [${counters.packets}:${counters.bytes}]\n`,
  );
  return [`*${name}\n`, ...declarations, ...chains.flatMap(renderRules), 'COMMIT\n'].join('');
}

function renderRules({ name, rules, ruleCounters }: Chain): string[] {
  return rules.map((rule, at) => {
    const counters = ruleCounters?.[at];
    const prefix = counters === undefined ? '' : `[${counters.packets}:${counters.bytes}] `;
    return `${prefix}${`-A ${name} ${rule}`.trimEnd()}\n`;
  });
}

import type { Chain, Ruleset, Table } from './ruleset.ts';

/** The text that `iptables-restore` takes: as `iptables-save` prints it, without its comments. */
export function renderSave(ruleset: Ruleset): string {
  return ruleset.tables.map(renderTable).join('');
}

function renderTable({ name, chains }: Table): string {
  const declarations = chains.map(
    ({ name, policy, counters }) => `:${name} ${policy} [${counters.packets}:${counters.bytes}]\n`,
  );
  return [`*${name}\n`, ...declarations, ...chains.flatMap(renderRules), 'COMMIT\n'].join('');
}

function renderRules({ name, rules }: Chain): string[] {
  return rules.map((rule) => `${`-A ${name} ${rule}`.trimEnd()}\n`);
}

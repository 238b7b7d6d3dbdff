import { IptablesError } from './errors.ts';
import type { Chain, Ruleset, Table } from './ruleset.ts';

/**
 * Reads the output of `iptables-save`, or a text for `iptables-restore` that only appends. Rule counters (`-c`) are
 * left out.
 *
 * @throws IptablesError `IPTABLES_SYNTAX` with the line.
 */
export function parseSave(text: string): Ruleset {
  const tables: Table[] = [];
  let table: Table | undefined;
  for (const [index, source] of text.split('\n').entries()) {
    const line = source.trim();
    if (line === '' || line.startsWith('#')) continue;
    const refuse = (why: string) =>
      new IptablesError('IPTABLES_SYNTAX', `line ${index + 1}, "${line}": ${why}`, { number: index + 1, text: line });
    if (line.startsWith('*')) {
      if (table) throw refuse(`table ${table.name} has no COMMIT before this line`);
      table = { name: line.slice(1), chains: [] };
      tables.push(table);
      continue;
    }
    if (!table) throw refuse('it stands before any "*table" line');
    if (line === 'COMMIT') {
      table = undefined;
    } else if (line.startsWith(':')) {
      const chain = readChain(line);
      if (!chain) throw refuse('a chain is written ":NAME POLICY [PACKETS:BYTES]"');
      table.chains.push(chain);
    } else {
      const [, name, rule] = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line) ?? [];
      const chain = table.chains.find((known) => known.name === name);
      if (!chain || rule === undefined) throw refuse('only "-A CHAIN ..." of a chain declared above can stand here');
      chain.rules.push(rule);
    }
  }
  if (table) throw new IptablesError('IPTABLES_SYNTAX', `table ${table.name} has no COMMIT: the text is cut off`);
  return { tables };
}

function readChain(line: string): Chain | undefined {
  const match = /^:(\S+) (\S+)(?: \[(\d+):(\d+)\])?$/.exec(line);
  if (!match) return undefined;
  const counters = { packets: Number(match[3] ?? 0), bytes: Number(match[4] ?? 0) };
  return { name: match[1]!, policy: match[2]!, counters, rules: [] };
}

import { IptablesError } from './errors.ts';
import type { Chain, Counters, Ruleset, Table } from './ruleset.ts';

/**
 * Reads the output of `iptables-save`, with or without `-c`, or a text for `iptables-restore` that only appends.
 *
 * @throws IptablesError `IPTABLES_SYNTAX` with the line.
 */
export function parseSave(text: string): Ruleset {
  const tables: Table[] = [];
  const chains = new Map<string, Chain>();
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
      chains.clear();
      continue;
    }
    if (!table) throw refuse('it stands before any "*table" line');
    if (line === 'COMMIT') {
      table = undefined;
    } else if (line.startsWith(':')) {
      const chain = readChain(line);
      if (!chain) throw refuse('a chain is written ":NAME POLICY [PACKETS:BYTES]"');
      table.chains.push(chain);
      chains.set(chain.name, chain);
    } else {
      // No dot: it does not match the line separators of Unicode, which a comment may have.
      const [, packets, bytes, name = '', rule = ''] = /^(?:\[(\d+):(\d+)\] )?-A (\S+) ?([^\r\n]*)$/.exec(line) ?? [];
      const chain = chains.get(name);
      if (!chain) throw refuse('only "-A CHAIN ..." of a chain declared above can stand here');
      chain.rules.push(rule);
      if (packets !== undefined) countRule(chain, { packets: Number(packets), bytes: Number(bytes) });
    }
  }
  if (table) throw new IptablesError('IPTABLES_SYNTAX', `table ${table.name} has no COMMIT: the text is cut off`);
  return { tables };
}

/** Counts the last rule; rules before it without counters have met nothing. */
function countRule(chain: Chain, counters: Counters): void {
  chain.ruleCounters ??= [];
  while (chain.ruleCounters.length < chain.rules.length - 1) chain.ruleCounters.push({ packets: 0, bytes: 0 });
  chain.ruleCounters.push(counters);
}

function readChain(line: string): Chain | undefined {
  const match = /^:(\S+) (\S+)(?: \[(\d+):(\d+)\])?$/.exec(line);
  if (!match) return undefined;
  const counters = { packets: Number(match[3] ?? 0), bytes: Number(match[4] ?? 0) };
  return { name: match[1]!, policy: match[2]!, counters, rules: [] };
}

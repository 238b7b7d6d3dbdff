import type { VersionedRule } from '@limpet/contract';
import type { Files } from '@limpet/data-plane';
import { ruleId } from '../names.ts';
import { emptyTable, type RuleTable } from './rule-table.ts';

/** The table as plain data. */
interface Rows {
  rules: VersionedRule[];
  removed: [string, number][];
  revision: number;
}

/**
 * The management server's rows, in a file beside the databag: they outlive the router, and are sent again when it starts.
 * Who writes the file is this program alone.
 */
export async function loadRows(files: Files, path: string): Promise<RuleTable> {
  const text = await files.read(path);
  if (text === undefined) return emptyTable;
  const { rules, removed, revision } = JSON.parse(text) as Rows;
  return { rules: new Map(rules.map((row) => [ruleId(row.rule), row])), removed: new Map(removed), revision };
}

/** Writes the table, as {@link loadRows} reads it. */
export async function saveRows(files: Files, path: string, { rules, removed, revision }: RuleTable): Promise<void> {
  const rows: Rows = { rules: [...rules.values()], removed: [...removed], revision };
  await files.write(path, `${JSON.stringify(rows)}\n`);
}

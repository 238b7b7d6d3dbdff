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
 * Reads the management server's rows from a file beside the databag. They outlive the router, which sends them again
 * when it starts. Only this program writes the file, so that its content is not checked.
 *
 * @returns an empty table when there is no file.
 */
export async function loadRows(files: Files, path: string): Promise<RuleTable> {
  const text = await files.read(path);
  if (text === undefined) return emptyTable;
  const { rules, removed, revision } = JSON.parse(text) as Rows;
  return { rules: new Map(rules.map((row) => [ruleId(row.rule), row])), removed: new Map(removed), revision };
}

/** Writes the table for {@link loadRows}. */
export async function saveRows(files: Files, path: string, { rules, removed, revision }: RuleTable): Promise<void> {
  const rows: Rows = { rules: [...rules.values()], removed: [...removed], revision };
  await files.write(path, `${JSON.stringify(rows)}\n`);
}

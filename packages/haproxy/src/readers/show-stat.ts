import { linesOf, unexpected } from './unexpected.ts';

const kinds = ['frontend', 'backend', 'server', 'listener'] as const;

/** One row of `show stat`. */
export interface StatRow {
  proxy: string;
  /** `FRONTEND`, `BACKEND`, or the server's or listener's name. */
  service: string;
  kind: (typeof kinds)[number];
  /** `OPEN`, `UP`, `DOWN 1/2`, `MAINT`, `no check` ... */
  status: string;
  currentSessions: number;
  totalSessions: number;
  /** Every cell that is not empty, by HAProxy's column name. */
  readonly cells: Record<string, string>;
  /** One cell, which costs nothing for the others; undefined: empty, or this HAProxy has no such column. */
  cell(column: string): string | undefined;
}

/**
 * Reads `show stat` (CSV, management.txt 9.1).
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readShowStat(text: string): StatRow[] {
  const [header, ...rows] = linesOf(text);
  if (!header?.startsWith('# pxname,svname,')) throw unexpected('show stat', text);
  const columns = header.slice(2).split(',');
  const indexes = new Map(columns.map((column, at) => [column, at]));
  return rows.map((row) => readRow(columns, indexes, row));
}

function readRow(columns: readonly string[], indexes: ReadonlyMap<string, number>, row: string): StatRow {
  const values = splitCsv(row);
  if (values.length !== columns.length) throw unexpected('show stat', row);
  const read = new Row(columns, indexes, values);
  if (!read.kind || read.proxy === '' || read.service === '') throw unexpected('show stat', row);
  return read as StatRow;
}

/** Of 24,000 rows with a hundred cells each, who asks for all of them? */
class Row implements Omit<StatRow, 'kind'> {
  readonly #columns: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #values: readonly string[];
  readonly proxy: string;
  readonly service: string;
  readonly kind: StatRow['kind'] | undefined;
  readonly status: string;
  readonly currentSessions: number;
  readonly totalSessions: number;

  constructor(columns: readonly string[], indexes: ReadonlyMap<string, number>, values: readonly string[]) {
    this.#columns = columns;
    this.#indexes = indexes;
    this.#values = values;
    this.proxy = this.cell('pxname') ?? '';
    this.service = this.cell('svname') ?? '';
    this.kind = kinds[Number(this.cell('type') ?? -1)];
    this.status = this.cell('status') ?? '';
    this.currentSessions = Number(this.cell('scur') ?? 0);
    this.totalSessions = Number(this.cell('stot') ?? 0);
  }

  get cells(): Record<string, string> {
    return cellsOf(this.#columns, this.#values);
  }

  cell(column: string): string | undefined {
    return this.#values[this.#indexes.get(column) ?? -1] || undefined;
  }
}

function cellsOf(columns: readonly string[], values: readonly string[]): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const [at, column] of columns.entries()) {
    if (column !== '' && values[at] !== '') cells[column] = values[at]!;
  }
  return cells;
}

/** RFC 4180 without line breaks: a cell may be quoted, and a quote in it doubled. */
function splitCsv(row: string): string[] {
  // Few rows quote, and a row has a hundred cells.
  if (!row.includes('"')) return row.split(',');
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

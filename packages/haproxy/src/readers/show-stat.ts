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
  const read = new Row(columns, indexes, row.includes('"') ? new ListedCells(splitCsv(row)) : new PlainCells(row));
  if (read.length !== columns.length) throw unexpected('show stat', row);
  if (!read.kind || read.proxy === '' || read.service === '') throw unexpected('show stat', row);
  return read as StatRow;
}

/** The cells of one row. */
interface Cells {
  readonly length: number;
  at(index: number): string | undefined;
}

class ListedCells implements Cells {
  readonly #values: readonly string[];

  constructor(values: readonly string[]) {
    this.#values = values;
  }

  get length(): number {
    return this.#values.length;
  }

  at(index: number): string | undefined {
    return this.#values[index];
  }
}

const comma = ','.charCodeAt(0);

/** Of a row without quotes. Of 24,000 rows with a hundred cells each, who asks for all of them? */
class PlainCells implements Cells {
  readonly #row: string;
  /** Where the cells begin that were asked for so far, and those before them. */
  readonly #begins = [0];

  constructor(row: string) {
    this.#row = row;
  }

  get length(): number {
    let length = 1;
    for (let at = 0; at < this.#row.length; at++) if (this.#row.charCodeAt(at) === comma) length++;
    return length;
  }

  at(index: number): string | undefined {
    while (this.#begins.length <= index) {
      const end = this.#row.indexOf(',', this.#begins.at(-1));
      if (end < 0) return undefined;
      this.#begins.push(end + 1);
    }
    const begin = this.#begins[index]!;
    const end = this.#row.indexOf(',', begin);
    return this.#row.slice(begin, end < 0 ? undefined : end);
  }
}

class Row implements Omit<StatRow, 'kind'> {
  readonly #columns: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #cells: Cells;
  readonly proxy: string;
  readonly service: string;
  readonly kind: StatRow['kind'] | undefined;

  constructor(columns: readonly string[], indexes: ReadonlyMap<string, number>, cells: Cells) {
    this.#columns = columns;
    this.#indexes = indexes;
    this.#cells = cells;
    this.proxy = this.cell('pxname') ?? '';
    this.service = this.cell('svname') ?? '';
    this.kind = kinds[Number(this.cell('type') ?? -1)];
  }

  get length(): number {
    return this.#cells.length;
  }

  get status(): string {
    return this.cell('status') ?? '';
  }

  get currentSessions(): number {
    return Number(this.cell('scur') ?? 0);
  }

  get totalSessions(): number {
    return Number(this.cell('stot') ?? 0);
  }

  get cells(): Record<string, string> {
    return cellsOf(this.#columns, this.#cells);
  }

  cell(column: string): string | undefined {
    const index = this.#indexes.get(column);
    return index === undefined ? undefined : this.#cells.at(index) || undefined;
  }
}

function cellsOf(columns: readonly string[], values: Cells): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const [at, column] of columns.entries()) {
    const value = values.at(at);
    if (column !== '' && value) cells[column] = value;
  }
  return cells;
}

/** RFC 4180 without line breaks: a cell may be quoted, and a quote in it doubled. */
function splitCsv(row: string): string[] {
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

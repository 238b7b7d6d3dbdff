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
  cells: Record<string, string>;
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
  return rows.map((row) => {
    const values = splitCsv(row);
    if (values.length !== columns.length) throw unexpected('show stat', row);
    const pairs = columns.map((column, at) => [column, values[at]!] as const);
    const cells = Object.fromEntries(pairs.filter(([column, value]) => column !== '' && value !== ''));
    const kind = kinds[Number(cells.type)];
    if (!kind || cells.pxname === undefined || cells.svname === undefined) throw unexpected('show stat', row);
    return {
      proxy: cells.pxname,
      service: cells.svname,
      kind,
      status: cells.status ?? '',
      currentSessions: Number(cells.scur ?? 0),
      totalSessions: Number(cells.stot ?? 0),
      cells,
    };
  });
}

/** RFC 4180 without line breaks: a cell may be quoted, and a quote in it doubled. */
function splitCsv(row: string): string[] {
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

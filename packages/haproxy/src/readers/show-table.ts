import { linesOf, unexpected } from './unexpected.ts';

/** An entry of a stick table. */
export interface TableEntry {
  key: string;
  /** Sessions that use it now. */
  use: number;
  /** Milliseconds until it is forgotten. */
  expire: number;
  /** The server that the key sticks to. HAProxy 2.6 looks for `serverKey` (its name) first. */
  serverId?: number;
  serverKey?: string;
}

/** A stick table; `entries` is empty in the list of all tables. */
export interface ShowTable {
  name: string;
  type: string;
  /** Entries at most. */
  size: number;
  /** Entries now. */
  used: number;
  entries: TableEntry[];
}

const header = /^# table: (\S+), type: (\w+), size:(\d+), used:(\d+)$/;
const entry = /^0x[0-9a-f]+: key=(.*?) use=(\d+) exp=(\d+)(?: (.*))?$/;

/**
 * Reads `show table` (all tables, no entries) and `show table NAME` (one table).
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`, also for "No such table".
 */
export function readShowTable(text: string): ShowTable[] {
  const tables: ShowTable[] = [];
  for (const line of linesOf(text)) {
    const head = header.exec(line);
    if (head) {
      tables.push({ name: head[1]!, type: head[2]!, size: Number(head[3]), used: Number(head[4]), entries: [] });
      continue;
    }
    const table = tables.at(-1);
    if (!table) throw unexpected('show table', line);
    table.entries.push(readEntry(line));
  }
  return tables;
}

function readEntry(line: string): TableEntry {
  const match = entry.exec(line);
  if (!match) throw unexpected('show table', line);
  const read: TableEntry = { key: match[1]!, use: Number(match[2]), expire: Number(match[3]) };
  for (const pair of match[4]?.split(' ') ?? []) {
    const [name, value = ''] = pair.split('=');
    if (name === 'server_id') read.serverId = Number(value);
    else if (name === 'server_key') read.serverKey = value;
  }
  return read;
}

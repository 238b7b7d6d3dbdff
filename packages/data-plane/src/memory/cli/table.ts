import { ipv4ToNumber } from '../ip.ts';
import type { StickEntry, StickTable } from '../table.ts';
import type { CliCommand } from './command.ts';

const NO_TABLE = 'No such table';

function heading(table: StickTable, now: number): string {
  return `# table: ${table.name}, type: ${table.spec.length === undefined ? 'ip' : 'string'}, size:${table.spec.size}, used:${table.entries(now).length}`;
}

function row(entry: StickEntry, now: number): string {
  const left = Number.isFinite(entry.expiresAt) ? entry.expiresAt - now : 0;
  return `${entry.pointer}: key=${entry.key} use=0 exp=${left} server_id=${entry.serverId} server_key=${entry.serverKey ?? '-'}`;
}

const showTable: CliCommand = {
  words: 'show table',
  run({ worker, args: [name, filter, key] }) {
    const now = worker.now();
    if (name === undefined)
      return worker
        .tables()
        .map((table) => heading(table, now))
        .join('\n');
    const table = worker.table(name);
    if (!table) return NO_TABLE;
    if (filter !== undefined && filter !== 'key') {
      return 'Optional argument only supports "data.<store_data_type>" <operator> <value> and key <key>';
    }
    // HAProxy walks a tree that is ordered by key (stksess keys compare as bytes).
    const entries = table
      .entries(now)
      .filter((entry) => filter === undefined || entry.key === key)
      .sort((a, b) => (ipv4ToNumber(a.key) ?? 0) - (ipv4ToNumber(b.key) ?? 0) || (a.key < b.key ? -1 : 1));
    return [heading(table, now), ...entries.map((entry) => row(entry, now))].join('\n');
  },
};

const USAGE = 'Required arguments: <table> "data.<store_data_type>" <operator> <value> or <table> key <key>';

const clearTable: CliCommand = {
  words: 'clear table',
  run({ worker, args: [name, filter, key] }) {
    if (name === undefined) return USAGE;
    const table = worker.table(name);
    if (!table) return NO_TABLE;
    if (filter === undefined) table.clear();
    else if (filter !== 'key') return USAGE;
    else if (key === undefined) return 'Key value expected';
    else table.clear(key);
    return '';
  },
};

const setTable: CliCommand = {
  words: 'set table',
  run({ worker, args: [name, filter, key, field, value] }) {
    if (name === undefined) return USAGE;
    const table = worker.table(name);
    if (!table) return NO_TABLE;
    if (filter === undefined) return '';
    if (filter !== 'key') return USAGE;
    if (key === undefined) return 'Key value expected';
    if (field !== undefined && field !== 'data.server_id' && field !== 'data.server_key') return 'Unknown data type';
    // HAProxy accepts no name: the value of server_key, too, has to be a number.
    if (field !== undefined && !/^\d+$/.test(value ?? '')) return 'Require a valid integer value to store';
    // A key that is no address becomes 0.0.0.0 (str2sa): measured on 2.6.12.
    const address = table.spec.length === undefined && ipv4ToNumber(key) === undefined ? '0.0.0.0' : key;
    table.setServerId(address, field === 'data.server_id' ? Number(value) : undefined, worker.now());
    return '';
  },
};

/** `show`, `clear` and `set table`. */
export const tableCommands = [showTable, clearTable, setTable];

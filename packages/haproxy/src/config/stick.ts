import { HaproxyError } from '../errors.ts';
import { parseSize, parseTime } from './units.ts';

/** Key types of a stick table. */
export const stickTableTypes = ['ip', 'ipv6', 'integer', 'string', 'binary'] as const;

/** The key type of a stick table: one of `stickTableTypes`. */
export type StickTableType = (typeof stickTableTypes)[number];

/** A `stick-table` line. */
export interface StickTable {
  type: StickTableType;
  /** Key length of `string` and `binary`. */
  length?: number;
  /** Entries at most. */
  size: number;
  /** Milliseconds; absent: entries stay until the table is full. */
  expire?: number;
  /** The peers section that shares it. */
  peers?: string;
  /** `nopurge`: a full table takes no new entry, instead of dropping the oldest. */
  noPurge?: true;
  /** `srvkey`: what a server is remembered by; HAProxy's default is its name. */
  serverKey?: string;
  /** `store`: counters to keep, as written: `gpc0,conn_rate(10s)`. */
  store?: string;
}

/** A `stick on` line. */
export interface StickOn {
  /** Sample expression, as `src`. */
  pattern: string;
  /** Another proxy's table. */
  table?: string;
  /** From `if` or `unless` on, words joined by one blank: `if { be_name,map_str(/x.map,none) -m str source }`. */
  condition?: string;
}

/** Reads the words of a `stick-table` line after `stick-table`. */
export function parseStickTable(words: readonly string[]): StickTable {
  const table: Partial<StickTable> = {};
  for (let at = 0; at < words.length; at++) {
    const keyword = words[at]!;
    if (keyword === 'nopurge') {
      table.noPurge = true;
      continue;
    }
    const value = words[++at] ?? '';
    if (keyword === 'type') table.type = parseType(value);
    else if (keyword === 'len') table.length = parseSize(value);
    else if (keyword === 'size') table.size = parseSize(value);
    else if (keyword === 'expire') table.expire = parseTime(value);
    else if (keyword === 'peers') table.peers = value;
    else if (keyword === 'srvkey') table.serverKey = value;
    else if (keyword === 'store') table.store = table.store === undefined ? value : `${table.store},${value}`;
    else throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${keyword}" is no word of a stick-table that is known here`);
  }
  const { type, size } = table;
  if (type === undefined || size === undefined) {
    throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"stick-table ${words.join(' ')}" needs a type and a size`);
  }
  return { ...table, type, size };
}

function parseType(word: string): StickTableType {
  const type = stickTableTypes.find((known) => known === word);
  if (!type) {
    throw new HaproxyError(
      'HAPROXY_CONFIG_SYNTAX',
      `"${word}" is no stick table type; use one of ${stickTableTypes.join(', ')}`,
    );
  }
  return type;
}

/** Reads the words of a `stick on` line after `stick on`. */
export function parseStickOn(words: readonly string[]): StickOn {
  const found = words.findIndex((word) => word === 'if' || word === 'unless');
  const [pattern, ...rest] = found < 0 ? words : words.slice(0, found);
  if (pattern === undefined) throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', '"stick on" needs a pattern such as src');
  const stick: StickOn = { pattern };
  if (rest[0] === 'table' && rest[1] !== undefined) stick.table = rest[1];
  if (found >= 0) stick.condition = words.slice(found).join(' ');
  return stick;
}

import { HaproxyError } from '../errors.ts';
import type { Bind } from './bind.ts';
import { parseBind } from './bind.ts';
import type { ConfigFile, Line, Section } from './file.ts';
import type { Server } from './server.ts';
import { parseServer } from './server.ts';
import type { StickOn, StickTable } from './stick.ts';
import { parseStickOn, parseStickTable } from './stick.ts';
import { parseCount, parseTime } from './units.ts';

/** A `listen` section, read. What has no field of its own is in `other`. */
export interface Listen {
  name: string;
  binds: Bind[];
  mode: 'tcp' | 'http';
  /** The algorithm's name; HAProxy's default is roundrobin. */
  balance: string;
  /** `hash-type consistent`. */
  hashConsistent: boolean;
  servers: Server[];
  stickTable?: StickTable;
  stickOn: StickOn[];
  maxconn?: number;
  /** Milliseconds by name (`client`, `server`, `connect` ...): the section's own over those of its defaults. */
  timeouts: Record<string, number>;
  /** The section's own lines that no field above stands for. */
  other: Line[];
}

/**
 * Reads a `listen` section.
 *
 * @param defaults The `defaults` section that it inherits from.
 * @throws HaproxyError `HAPROXY_CONFIG_SYNTAX` that names the section and the line.
 */
export function readListen(section: Section, defaults?: Section): Listen {
  if (section.kind !== 'listen' || section.name === undefined) {
    throw new HaproxyError(
      'HAPROXY_CONFIG_SYNTAX',
      `"${section.kind} ${section.name ?? ''}" is not a listen section with a name`,
    );
  }
  const listen: Listen = {
    name: section.name,
    binds: [],
    mode: 'tcp',
    balance: 'roundrobin',
    hashConsistent: false,
    servers: [],
    stickOn: [],
    timeouts: {},
    other: [],
  };
  const serverDefaults: string[] = [];
  for (const line of defaults?.lines ?? []) readLine(listen, serverDefaults, line);
  listen.other = [];
  for (const line of section.lines) {
    if (!readLine(listen, serverDefaults, line)) listen.other.push(line);
  }
  return listen;
}

/** All `listen` sections of a file, each with the defaults that HAProxy gives it: the named ones or the last before it. */
export function readListens(file: ConfigFile): Listen[] {
  const listens: Listen[] = [];
  const named = new Map<string, Section>();
  let latest: Section | undefined;
  for (const section of file.sections) {
    if (section.kind === 'defaults') {
      latest = section;
      if (section.name !== undefined) named.set(section.name, section);
    } else if (section.kind === 'listen') {
      listens.push(readListen(section, section.from === undefined ? latest : named.get(section.from)));
    }
  }
  return listens;
}

function readLine(listen: Listen, serverDefaults: string[], line: Line): boolean {
  try {
    return applyLine(listen, serverDefaults, line.words);
  } catch (error) {
    if (!(error instanceof HaproxyError)) throw error;
    throw new HaproxyError(error.code, `listen ${listen.name}: "${line.text}": ${error.message}`);
  }
}

/** False for a line that has no field. */
function applyLine(listen: Listen, serverDefaults: string[], words: readonly string[]): boolean {
  const [keyword, ...rest] = words;
  const [first = '', second = ''] = rest;
  switch (keyword) {
    case 'bind':
      listen.binds.push(...parseBind(rest));
      return true;
    case 'mode':
      if (first !== 'tcp' && first !== 'http') {
        throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${first}" is no mode that is known here; use tcp or http`);
      }
      listen.mode = first;
      return true;
    case 'balance':
      listen.balance = first;
      return true;
    case 'hash-type':
      listen.hashConsistent = first === 'consistent';
      return true;
    case 'server':
      listen.servers.push(parseServer(rest, serverDefaults));
      return true;
    case 'default-server':
      serverDefaults.push(...rest);
      return true;
    case 'stick-table':
      listen.stickTable = parseStickTable(rest);
      return true;
    case 'stick':
      if (first !== 'on') return false;
      listen.stickOn.push(parseStickOn(rest.slice(1)));
      return true;
    case 'maxconn':
      listen.maxconn = parseCount(keyword, first);
      return true;
    case 'timeout':
      listen.timeouts[first] = parseTime(second);
      return true;
    default:
      return false;
  }
}

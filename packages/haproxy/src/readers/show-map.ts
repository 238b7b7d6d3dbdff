import { linesOf, unexpected } from './unexpected.ts';

/** An entry of a map. */
export interface MapEntry {
  /** What `set map FILE #REFERENCE` takes. */
  reference: string;
  key: string;
  value: string;
}

/** A map in the list of all. */
export interface MapInfo {
  id: number;
  /** Absent for a map without a file. */
  file?: string;
  currentVersion: number;
  entryCount: number;
}

/**
 * Reads the entries that `show map FILE` lists.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`, also for an unknown map.
 */
export function readShowMap(text: string): MapEntry[] {
  return linesOf(text).map((line) => {
    const match = /^(0x[0-9a-f]+) (\S+)(?: (.*))?$/.exec(line);
    if (!match) throw unexpected('show map FILE', line);
    return { reference: match[1]!, key: match[2]!, value: match[3] ?? '' };
  });
}

/**
 * Reads the maps that `show map` lists.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readShowMaps(text: string): MapInfo[] {
  const [header, ...rows] = linesOf(text);
  if (header !== '# id (file) description') throw unexpected('show map', text);
  return rows.map((row) => {
    const match = /^(-?\d+) \((.*?)\) .*curr_ver=(\d+) next_ver=\d+ entry_cnt=(\d+)$/.exec(row);
    if (!match) throw unexpected('show map', row);
    const map: MapInfo = { id: Number(match[1]), currentVersion: Number(match[3]), entryCount: Number(match[4]) };
    if (match[2] !== '') map.file = match[2]!;
    return map;
  });
}

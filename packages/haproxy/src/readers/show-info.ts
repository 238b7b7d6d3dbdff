import { linesOf, unexpected } from './unexpected.ts';

/** `show info`: the fields that matter, and all of them by HAProxy's own names. */
export interface ShowInfo {
  pid: number;
  version: string;
  /** Seconds. */
  uptime: number;
  /** True in an old worker. */
  stopping: boolean;
  fields: Record<string, string>;
}

/**
 * Reads `show info`.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readShowInfo(text: string): ShowInfo {
  const fields: Record<string, string> = {};
  for (const line of linesOf(text)) {
    const colon = line.indexOf(': ');
    if (colon < 0 && !line.endsWith(':')) throw unexpected('show info', text);
    fields[line.slice(0, colon < 0 ? -1 : colon)] = colon < 0 ? '' : line.slice(colon + 2);
  }
  const { Pid: pid, Version: version, Uptime_sec: uptime, Stopping: stopping } = fields;
  if (fields.Name === undefined || !/^\d+$/.test(pid ?? '') || version === undefined)
    throw unexpected('show info', text);
  return { pid: Number(pid), version, uptime: Number(uptime), stopping: stopping === '1', fields };
}

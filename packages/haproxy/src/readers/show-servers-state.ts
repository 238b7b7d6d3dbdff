import { linesOf, unexpected } from './unexpected.ts';

/** SRV_ST_* of include/haproxy/server-t.h, in their order. */
export const operStates = ['stopped', 'starting', 'running', 'stopping'] as const;

/** One server of `show servers state`. */
export interface ServerState {
  backend: string;
  name: string;
  id: number;
  address: string;
  port: number;
  /** What health checks and administration make of it together. */
  operState: (typeof operStates)[number];
  /** Administrative state: by CLI, configuration, resolution or a tracked server. */
  maintenance: boolean;
  drain: boolean;
  weight: number;
  /** The weight in the configuration. */
  initialWeight: number;
  secondsSinceChange: number;
  /** HCHK_STATUS_* of include/haproxy/check-t.h: 0 unknown, 1 initialising, 6 layer 4 passed ... */
  checkStatus: number;
  /** Health checks are enabled. */
  checking: boolean;
  /** True when the id is written in the configuration. */
  forcedId: boolean;
}

/** SRV_ADMF_*: forced, inherited, by resolution, by an unset host name. `disabled` sets one that never goes (0x04). */
const maintenanceBits = 0x01 | 0x02 | 0x20 | 0x40;
/** SRV_ADMF_*: forced, inherited. */
const drainBits = 0x08 | 0x10;
/** CHK_ST_ENABLED of include/haproxy/check-t.h. */
const enabledBit = 0x04;

/**
 * Reads `show servers state [BACKEND]`.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readServersState(text: string): ServerState[] {
  const [version, header, ...rows] = linesOf(text);
  if (version?.trim() !== '1' || !header?.startsWith('# be_id ')) throw unexpected('show servers state', text);
  const names = header.slice(2).trim().split(' ');
  const at = Object.fromEntries(columns.map((column) => [column, names.indexOf(column)])) as Columns;
  return rows.map((row) => readServer(row, names.length, at));
}

const columns = [
  'be_name',
  'srv_id',
  'srv_name',
  'srv_addr',
  'srv_op_state',
  'srv_admin_state',
  'srv_uweight',
  'srv_iweight',
  'srv_time_since_last_change',
  'srv_check_status',
  'srv_check_state',
  'srv_f_forced_id',
  'srv_port',
] as const;

/** Where each column is; -1 where it is missing. */
type Columns = Record<(typeof columns)[number], number>;

function readServer(row: string, length: number, at: Columns): ServerState {
  const values = row.trim().split(' ');
  if (values.length !== length) throw unexpected('show servers state', row);
  const cell = (place: number): string => {
    const value = values[place];
    if (value === undefined) throw unexpected('show servers state', row);
    return value;
  };
  const count = (place: number): number => {
    const value = cell(place);
    if (!/^-?\d+$/.test(value)) throw unexpected('show servers state', row);
    return Number(value);
  };
  const operState = operStates[count(at.srv_op_state)];
  if (operState === undefined) throw unexpected('show servers state', row);
  const admin = count(at.srv_admin_state);
  return {
    backend: cell(at.be_name),
    name: cell(at.srv_name),
    id: count(at.srv_id),
    address: cell(at.srv_addr),
    port: count(at.srv_port),
    operState,
    maintenance: (admin & maintenanceBits) !== 0,
    drain: (admin & drainBits) !== 0,
    weight: count(at.srv_uweight),
    initialWeight: count(at.srv_iweight),
    secondsSinceChange: count(at.srv_time_since_last_change),
    checkStatus: count(at.srv_check_status),
    checking: (count(at.srv_check_state) & enabledBit) !== 0,
    forcedId: count(at.srv_f_forced_id) === 1,
  };
}

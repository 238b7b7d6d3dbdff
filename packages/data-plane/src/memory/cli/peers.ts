import type { CliCommand } from './command.ts';

/** PEERS_F_* of include/haproxy/peers-t.h, as measured: waiting, resynced by time-out, taught by the old worker. */
const flags = { waiting: '0x11', timedOut: '0x33', learned: '0x1103' } as const;

const showPeers: CliCommand = {
  words: 'show peers',
  run({ worker, args: [name] }) {
    const sections = [...worker.config.peers].filter(([section]) => name === undefined || section === name);
    if (name !== undefined && sections.length === 0) return 'No such peers';
    const state = worker.learned ? 'learned' : worker.resyncFinished() ? 'timedOut' : 'waiting';
    const left = Math.max(0, Math.ceil((worker.startedAt + 5000 - worker.now()) / 1000));
    const timeout = state === 'waiting' ? `${left}s` : '<PAST>';
    return sections
      .flatMap(([section, address]) => [
        `0x55d0000000f0: [${stamp(worker.startedAt)}] id=${section} disabled=0 flags=${flags[state]} resync_timeout=${timeout} task_calls=3`,
        `  0x55d000000100: id=${worker.config.localPeer}(local,inactive) addr=${address} last_status=${worker.learned ? 'ESTA' : 'NONE'} last_hdshk=<NEVER>`,
        '        reconnect=<NEVER> heartbeat=<NEVER> confirm=0 tx_hbt=0 rx_hbt=0 no_hbt=0 new_conn=0 proto_err=0 coll=0',
        '        flags=0x0',
        '        shared tables:',
        '        Dictionary cache not dumped (use "show peers dict")',
      ])
      .join('\n');
  },
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function stamp(ms: number): string {
  const time = new Date(ms);
  const day = String(time.getUTCDate()).padStart(2, '0');
  return `${day}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}:${time.toISOString().slice(11, 19)}`;
}

/** `show peers`. */
export const peersCommands = [showPeers];

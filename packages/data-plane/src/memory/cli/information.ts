import type { CliCommand } from './command.ts';

const showEnv: CliCommand = {
  words: 'show env',
  run({ worker, args: [name] }) {
    const { environment } = worker.config;
    if (name === undefined) return [...environment].map(([key, value]) => `${key}=${value}`).join('\n');
    const value = environment.get(name);
    return value === undefined ? 'Variable not found' : `${name}=${value}`;
  },
};

const showInfo: CliCommand = {
  words: 'show info',
  run({ worker }) {
    const seconds = Math.floor((worker.now() - worker.startedAt) / 1000);
    const listeners = worker.stopping ? 0 : worker.proxies.reduce((sum, { spec }) => sum + spec.binds.length, 0);
    const fields: Record<string, string | number> = {
      Name: 'HAProxy',
      Version: worker.capabilities.version.text,
      Nbthread: 1,
      Nbproc: 1,
      Process_num: 1,
      Pid: worker.pid,
      Uptime: `${Math.floor(seconds / 86400)}d ${Math.floor(seconds / 3600) % 24}h${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}m${String(seconds % 60).padStart(2, '0')}s`,
      Uptime_sec: seconds,
      CurrConns: worker.connections().length,
      CumConns: worker.proxies.reduce((sum, { total }) => sum + total, 0),
      Stopping: worker.stopping ? 1 : 0,
      Listeners: listeners,
      Start_time_sec: Math.floor(worker.startedAt / 1000),
    };
    return Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n');
  },
};

/** `show env` and `show info`. */
export const informationCommands = [showEnv, showInfo];

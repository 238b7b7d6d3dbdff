import type { ListenProxy } from '../proxy.ts';
import type { CliCall, CliCommand } from './command.ts';

const findProxy = ({ worker, args }: CliCall, at: number): ListenProxy | undefined => worker.proxy(args[at] ?? '');

const setMaxconn: CliCommand = {
  words: 'set maxconn frontend',
  run(call) {
    const proxy = findProxy(call, 0);
    if (!proxy) return 'No such frontend.';
    const value = call.args[1];
    if (value === undefined) return 'Integer value expected.';
    if (!/^\d{1,9}$/.test(value)) return 'Value out of range.';
    proxy.maxConnections = Number(value);
    return '';
  },
};

const enableDynamicCookie: CliCommand = {
  words: 'enable dynamic-cookie backend',
  run(call) {
    const proxy = findProxy(call, 0);
    if (!proxy) return 'No such backend.';
    proxy.computeCookies();
    return '';
  },
};

export const proxyCommands = [setMaxconn, enableDynamicCookie];

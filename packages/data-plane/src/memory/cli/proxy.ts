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

/** `disable frontend` and `enable frontend`. */
const turnFrontend = (verb: 'disable' | 'enable', to: 'PAUSED' | 'OPEN'): CliCommand => ({
  words: `${verb} frontend`,
  run(call) {
    if (call.args[0] === undefined) return 'A frontend name is expected.';
    const proxy = findProxy(call, 0);
    if (!proxy) return 'No such frontend.';
    if (proxy.frontend === 'STOP') return `Frontend was previously shut down, cannot ${verb}.`;
    if (proxy.frontend === to) return `All sockets are already ${verb}d.`;
    proxy.frontend = to;
    return '';
  },
});

const shutdownFrontend: CliCommand = {
  words: 'shutdown frontend',
  run(call) {
    if (call.args[0] === undefined) return 'A frontend name is expected.';
    const proxy = findProxy(call, 0);
    if (!proxy) return 'No such frontend.';
    if (proxy.frontend === 'STOP') return 'Frontend was already shut down.';
    proxy.frontend = 'STOP';
    return '';
  },
};

/**
 * Commands about a whole proxy: `set maxconn frontend`, `enable dynamic-cookie backend`; `disable`, `enable` and
 * `shutdown frontend`.
 */
export const proxyCommands = [
  setMaxconn,
  enableDynamicCookie,
  turnFrontend('disable', 'PAUSED'),
  turnFrontend('enable', 'OPEN'),
  shutdownFrontend,
];

import { serverFlags, serverSettings } from '../config/keywords.ts';
import { ipv4ToNumber } from '../ip.ts';
import type { CliCall, CliCommand } from './command.ts';
import { findActiveServer, findServer } from './command.ts';

/** Keywords of a `server` line that `add server` rejects (management.txt, "add server"). */
const staticOnly = new Set(['redir', 'track', 'slowstart', 'init-addr', 'resolvers', 'agent-check']);

function addServer({ worker, args }: CliCall): string {
  const [target = '', address, ...options] = args;
  const [backend = '', name] = target.split('/');
  if (name === undefined) return "Require 'backend/server'.";
  const proxy = worker.proxy(backend);
  if (!proxy) return 'No such backend.';
  if (!proxy.acceptsDynamicServers()) {
    return 'Backend must use a dynamic load balancing to support dynamic servers.';
  }
  if (address === undefined) return "'server' expects <name> and <addr>[:<port>] as arguments.";
  const [ip = '', port = '0'] = address.split(':');
  if (ipv4ToNumber(ip) === undefined || !/^\d{1,5}$/.test(port))
    return `'server ${name}' : invalid address: '${address}'.`;

  let id: number | undefined;
  let weight = 1;
  let cookie: string | undefined;
  for (let at = 0; at < options.length; at += 1) {
    const word = options[at] as string;
    if (staticOnly.has(word) || (word === 'cookie' && !worker.capabilities.supported.has('dynamicServerCookies')))
      return `'${word}' option is not accepted for dynamic server`;
    if (serverSettings.has(word)) {
      at += 1;
      const value = options[at];
      if (word === 'id') id = Number(value);
      if (word === 'weight') weight = Number(value);
      if (word === 'cookie') cookie = value;
    } else if (!serverFlags.has(word)) {
      return `unknown keyword '${word}'.`;
    }
  }
  if (id !== undefined && !(id > 0)) return "'id' : custom id has to be > 0.";
  const holder = proxy.servers.find((server) => server.id === id);
  if (holder) return `'id' : custom id ${id} already used at (null):0 ('server ${holder.name}').`;
  if (proxy.servers.some((server) => server.name === name))
    return 'Already exists a server with the same name in backend.';
  const check = options.includes('check');
  const disabled = options.includes('disabled');
  proxy.addServer({ name, ip, port: Number(port), id, check, weight, disabled, cookie }, id ?? freeId(proxy.servers));
  return 'New server registered.';
}

function freeId(servers: readonly { id: number }[]): number {
  let id = 1;
  while (servers.some((server) => server.id === id)) id += 1;
  return id;
}

function delServer({ worker, args: [target] }: CliCall): string {
  const found = findServer(worker, target);
  if (typeof found === 'string') return found;
  const { proxy, server } = found;
  if (!server.inMaintenance()) return 'Only servers in maintenance mode can be deleted.';
  if (server.connections > 0) return 'Server still has connections attached to it, cannot remove it.';
  proxy.removeServer(server);
  return 'Server deleted.';
}

function enableHealth({ worker, args: [target] }: CliCall): string {
  const found = findActiveServer(worker, target);
  if (typeof found === 'string') return found;
  if (!found.server.check) return 'Health check was not configured on this server, cannot enable.';
  found.server.checking = true;
  return '';
}

const USAGE =
  'usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | fqdn | health | ssl | state | weight';

function setServer({ worker, args: [target, what, ...values] }: CliCall): string {
  const found = findActiveServer(worker, target);
  if (typeof found === 'string') return found;
  const { server } = found;
  const [value] = values;
  if (what === 'state') {
    if (value !== 'ready' && value !== 'drain' && value !== 'maint') {
      return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.";
    }
    server.setState(value, worker.now());
    return '';
  }
  if (what === 'weight') return setWeight(server, value);
  if (what === 'addr') {
    const answer = setAddress(server, values);
    found.proxy.computeCookie(server);
    return answer;
  }
  return USAGE;
}

function setWeight(server: { weight: number; initialWeight: number }, value = ''): string {
  const match = /^(\d+)(%)?$/.exec(value);
  if (!match) return 'Empty weight string empty or preceded by garbage';
  const weight = match[2] ? Math.floor((server.initialWeight * Number(match[1])) / 100) : Number(match[1]);
  if (weight > 256) return 'Absolute weight can only be between 0 and 256 inclusive.';
  server.weight = weight;
  return '';
}

function setAddress(server: { ip: string; port: number }, [ip, keyword, port]: readonly string[]): string {
  if (ip === undefined) return 'set server <b>/<s> addr requires an address and optionally a port.';
  if (ipv4ToNumber(ip) === undefined) return `Invalid addr '${ip}' by 'stats socket command'`;
  const changes = [ip === server.ip ? 'no need to change the addr' : `IP changed from '${server.ip}' to '${ip}'`];
  if (keyword === 'port') {
    if (!/^\d{1,5}$/.test(port ?? '')) {
      return `${changes[0]}, problem converting port '${port}' to an int by 'stats socket command'`;
    }
    const same = Number(port) === server.port;
    changes.push(same ? 'no need to change the port' : `port changed from '${server.port}' to '${port}'`);
    server.port = Number(port);
  }
  server.ip = ip;
  return `${changes.join(', ')} by 'stats socket command'`;
}

/** `enable server` and `disable server`, which set a state. */
function named(words: string, state: 'ready' | 'maint'): CliCommand {
  return {
    words,
    run({ worker, args: [target] }) {
      const found = findActiveServer(worker, target);
      if (typeof found === 'string') return found;
      found.server.setState(state, worker.now());
      return '';
    },
  };
}

/** Commands that change servers: `add`, `del`, `set`, `enable` and `disable server`, `enable health`. */
export const serverCommands: readonly CliCommand[] = [
  { words: 'add server', needs: 'dynamicServers', experimentalIn: '2.4', run: addServer },
  { words: 'del server', needs: 'dynamicServers', experimentalIn: '2.4', run: delServer },
  { words: 'enable health', run: enableHealth },
  { words: 'set server', run: setServer },
  named('enable server', 'ready'),
  named('disable server', 'maint'),
];

import { expect, it } from 'vitest';
import { createMemoryDataPlane } from './memory/data-plane.ts';
import { changesMachine, changingCommands, interceptCalls, type PortCall } from './port-calls.ts';

const call = (port: PortCall['port'], method: string, ...args: unknown[]): PortCall => ({ port, method, args });

it.each<PortCall>([
  call('files', 'read', '/a'),
  call('files', 'lock', '/a'),
  call('stateStore', 'load', '/a', ['rules'], 'write'),
  call('stateStore', 'close', '/a'),
  call('haproxy', 'check', '/a'),
  call('haproxy', 'running'),
  call('haproxy', 'pin'),
  call('haproxy', 'runtime', ['show stat', 'get weight a/b']),
  call('haproxy', 'master', '@!102 show sess'),
  call('haproxy', 'master', 'show proc'),
  call('packetFilter', 'save'),
  call('clock', 'sleep', 10),
  call('host', 'listeners'),
])('$port.$method $args only looks', (looking) => {
  expect(changesMachine(looking)).toBe(false);
});

it.each<PortCall>([
  call('files', 'write', '/a', ''),
  call('stateStore', 'commit', '/a', []),
  call('haproxy', 'start', '/a'),
  call('haproxy', 'stop'),
  call('haproxy', 'signalReload'),
  call('haproxy', 'runtime', ['show stat', 'set weight a/b 1']),
  call('haproxy', 'runtime', [{ command: 'set ssl cert a', payload: 'show' }]),
  call('haproxy', 'master', '@!102 shutdown session 0x1'),
  call('haproxy', 'master', 'reload'),
  call('packetFilter', 'restore', ''),
  call('packetFilter', 'run', ['-A', 'INPUT']),
  call('prober', 'open', '/a', '192.0.2.1', 'tcp'),
])('$port.$method $args changes the machine', (change) => {
  expect(changesMachine(change)).toBe(true);
});

it('names the commands that change something, without payloads', () => {
  const requests = ['show info', 'set map m a b', { command: 'set ssl cert a', payload: 'key' }];
  expect(changingCommands(call('haproxy', 'runtime', requests))).toEqual(['set map m a b', 'set ssl cert a']);
  expect(changingCommands(call('haproxy', 'master', 'reload'))).toEqual(['reload']);
});

it('an interceptor sees each call, and decides what it answers', async () => {
  const dataPlane = createMemoryDataPlane({ localAddresses: ['203.0.113.10'] });
  const seen: string[] = [];
  const intercepted = interceptCalls(dataPlane, ({ port, method }, proceed) => {
    seen.push(`${port}.${method}`);
    return method === 'running' ? Promise.resolve(true) : proceed();
  });
  await intercepted.files.write('/a', 'text');
  expect(await dataPlane.files.read('/a')).toBe('text');
  expect(await intercepted.haproxy.running()).toBe(true);
  await intercepted.clock.sleep(10);
  expect(await intercepted.localAddresses()).toEqual(['203.0.113.10']);
  expect(seen).toEqual(['files.write', 'haproxy.running', 'clock.sleep', 'host.localAddresses']);
});

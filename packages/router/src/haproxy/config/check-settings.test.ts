import type { RedundantPair } from '@limpet/contract';
import { createMemoryDataPlane } from '@limpet/data-plane';
import { expect, it } from 'vitest';
import { haproxyWith } from '../../../testing/test-session.ts';
import { checkSettings, parseSettings } from './check-settings.ts';
import { defaultHaproxy } from './default-haproxy.ts';
import { routerPaths } from './paths.ts';
import { defaultSettings, type RouterSettings } from './settings.ts';

const page = {
  ip: '10.0.53.2',
  port: 8404,
  cidrs: ['10.1.1.1/8'],
  uri: '/admin?stats',
  user: 'admin',
  password: 'a"b',
};
const pair: RedundantPair = {
  self: 'r-5-VM',
  peers: [
    { name: 'r-5-VM', ip: '10.0.53.2' },
    { name: 'r-6-VM', ip: '10.1.1.3' },
  ],
};
const settings = (change: Partial<RouterSettings>): RouterSettings => ({ ...defaultSettings, ...change });

it.each<[string, Partial<RouterSettings>]>([
  ['settings.statistics[0].uri', { statistics: [{ ...page, uri: '/a b' }] }],
  ['settings.statistics[0].user', { statistics: [{ ...page, user: 'a:b' }] }],
  ['settings.statistics[0].password', { statistics: [{ ...page, password: 'line\nbreak' }] }],
  ['settings.statistics[1]', { statistics: [page, page] }],
  ['settings.user', { user: 'a b' }],
  ['settings.group', { group: '-x' }],
  ['settings.chroot', { chroot: 'x' }],
  ['settings.log.facility', { log: { ip: '127.0.0.1', port: 514, facility: 'local9', level: 'info' } }],
  ['settings.maxConnections', { maxConnections: 0 }],
  ['settings.timeouts.clientMs', { timeouts: { connectMs: 1, clientMs: -1, serverMs: 1 } }],
  ['settings.tls.ciphers', { tls: { ciphers: 'A B' } }],
  ['settings.peersPort', { peersPort: 65_536 }],
  ['settings.pair.self', { pair: { ...pair, self: 'r-7-VM' } }],
  ['settings.pair.self', { pair: { ...pair, self: 'a b' } }],
  ['settings.pair.peers', { pair: { ...pair, peers: pair.peers.slice(0, 1) } }],
  ['settings.pair.peers', { pair: { ...pair, peers: pair.peers.map(({ name }) => ({ name, ip: '10.1.1.2' })) } }],
  ['settings.pair.peers[1]', { pair: { ...pair, peers: pair.peers.map(({ ip }) => ({ name: 'r-5-VM', ip })) } }],
  ['settings.pair.peers[0].ip', { pair: { ...pair, peers: [{ name: 'r-5-VM', ip: 'x' }, pair.peers[1]!] } }],
])('refuses a wrong %s by its name', (field, change) => {
  expect(() => parseSettings(settings(change))).toThrow(
    expect.objectContaining({ code: 'ROUTER_SETTINGS_INVALID', message: expect.stringContaining(`${field}: `) }),
  );
});

it('has one form for the networks of a page', () => {
  expect(parseSettings(settings({ statistics: [page] })).statistics[0]!.cidrs).toEqual(['10.0.0.0/8']);
});

it.each<[Partial<RouterSettings>, RegExp]>([
  [
    { pair: { ...pair, self: 'r-6-VM' } },
    /^settings\.pair\.peers: 10\.1\.1\.3 of r-6-VM, which is this router, is not/,
  ],
  [{ chroot: '/nowhere' }, /^settings\.chroot: \/nowhere is no folder on this router/],
  [{ chroot: '/file' }, /^settings\.chroot: \/file is no folder/],
  [{ user: 'nosuch' }, /^HAProxy refuses the settings: cannot find user id for 'nosuch'/],
])('refuses what this router cannot have: %j', async (change, problem) => {
  const memory = createMemoryDataPlane({ localAddresses: ['10.0.53.2'] });
  await memory.files.write('/file', '');
  const check = async () => ({ ok: false as const, message: "cannot find user id for 'nosuch'" });
  const host = { ...memory, kind: 'real' as const, haproxy: haproxyWith(memory.haproxy, { check }) };
  await expect(checkSettings(host, routerPaths('/limpet'), settings(change), defaultHaproxy)).rejects.toThrow(
    expect.objectContaining({ code: 'ROUTER_SETTINGS_INVALID', message: expect.stringMatching(problem) }),
  );
});

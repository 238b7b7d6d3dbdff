import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../testing/fixture.ts';
import { HaproxyError } from '../errors.ts';
import { readShowEnv } from './show-env.ts';
import { readShowInfo } from './show-info.ts';
import { readShowMap, readShowMaps } from './show-map.ts';
import { isPeerConnected, readShowPeers, resyncFinished } from './show-peers.ts';
import { readShowProc } from './show-proc.ts';
import { readServersState } from './show-servers-state.ts';
import { readShowSess } from './show-sess.ts';
import { readSslCertificate, readSslCertificates } from './show-ssl-cert.ts';
import { readShowStat } from './show-stat.ts';
import { readShowTable } from './show-table.ts';

test('show proc after a failed reload, with an old worker', () => {
  expect(readShowProc(fixture('show-proc-failed'))).toEqual({
    master: { pid: 5222, reloads: 52, uptime: 558, version: '2.6.12-1+deb12u4' },
    workers: [{ pid: 8356, type: 'worker', reloads: 1, uptime: 2 }],
    oldWorkers: [{ pid: 7779, type: 'worker', reloads: 2, uptime: 147 }],
    programs: [],
    failed: 1,
  });
});

// The layout up to 2.4 (management.txt 9.4 of that version).
test('show proc of 2.4, with the relative PID', () => {
  const text = `#<PID>          <type>          <relative PID>  <reloads>       <uptime>        <version>
1162            master          0               5               0d00h02m07s     2.4.24-1
# workers
1271            worker          1               0               0d00h00m00s     2.4.24-1
# old workers
1233            worker          [was: 1]        3               0d00h00m43s     2.4.24-1
# programs
1244            foo             -               0               0d00h00m00s     2.4.24-1
# old programs
1255            bar             -               1               0d00h00m43s     2.4.24-1

`;
  expect(readShowProc(text)).toEqual({
    master: { pid: 1162, reloads: 5, uptime: 127, version: '2.4.24-1' },
    workers: [{ pid: 1271, type: 'worker', reloads: 0, uptime: 0 }],
    oldWorkers: [{ pid: 1233, type: 'worker', reloads: 3, uptime: 43 }],
    programs: [
      { pid: 1244, type: 'foo', reloads: 0, uptime: 0 },
      { pid: 1255, type: 'bar', reloads: 1, uptime: 43 },
    ],
    failed: 0,
  });
});

// Printed by 2.4.0, with an older worker added.
test('show proc of 2.4 after reloads that failed: the newest of the old workers serves on', () => {
  const text = `#<PID>          <type>          <relative PID>  <reloads>       <uptime>        <version>
1473            master          0               4               0d00h00m04s     2.4.0-6cbbecf09
# workers
# old workers
1402            worker          [was: 1]        3               0d00h01m04s     2.4.0-6cbbecf09
1483            worker          [was: 1]        2               0d00h00m04s     2.4.0-6cbbecf09
# programs

`;
  expect(readShowProc(text)).toMatchObject({
    workers: [{ pid: 1483, reloads: 2 }],
    oldWorkers: [{ pid: 1402, reloads: 3 }],
    failed: 2,
  });
});

test('show info', () => {
  expect(readShowInfo(fixture('show-info'))).toMatchObject({
    pid: 8356,
    version: '2.6.12-1+deb12u4',
    stopping: false,
    fields: { Maxconn: '1000' },
  });
});

test('show sess: a client, a probe and the CLI itself', () => {
  const sessions = readShowSess(fixture('show-sess'));
  expect(sessions).toEqual([
    {
      id: '0x5605c41c5820',
      proto: 'unix_stream',
      frontend: '127_0_0_1-28080',
      backend: '127_0_0_1-28080',
      server: 'vm101',
      age: 1,
    },
    {
      id: '0x5605c42cc010',
      proto: 'tcpv4',
      source: { ip: '127.0.0.1', port: 58290 },
      frontend: '127_0_0_1-28080',
      backend: '127_0_0_1-28080',
      server: 'vm102',
      age: 1,
    },
    { id: '0x5605c42e6f80', proto: 'unix_stream', frontend: 'GLOBAL', age: 0 },
  ]);
  expect(readShowSess('')).toEqual([]);
});

test('the age of an old session', () => {
  const [session] = readShowSess(fixture('show-sess').replace('age=1s', 'age=2d3h'));
  expect(session?.age).toBe((2 * 24 + 3) * 3600);
});

test('show table: all, and one with its entries', () => {
  const table = { name: '127_0_0_1-28080', type: 'ip', size: 204_800, used: 2 };
  expect(readShowTable(fixture('show-table'))).toEqual([{ ...table, entries: [] }]);
  expect(readShowTable(fixture('show-table-entries'))).toEqual([
    {
      ...table,
      entries: [
        { key: '127.0.0.1', use: 0, expire: 1_799_171, serverId: 102, serverKey: 'vm102' },
        { key: '192.0.2.7', use: 0, expire: 1_799_169, serverId: 101, serverKey: 'vm101' },
      ],
    },
  ]);
});

// From 2.8 on an entry names its shard.
test('show table of 3.0', () => {
  const text =
    '# table: t, type: ip, size:10240, used:1\n0x5: key=192.0.2.7 use=0 exp=9 shard=0 server_id=1 server_key=vm1\n';
  expect(readShowTable(text)[0]?.entries).toEqual([
    { key: '192.0.2.7', use: 0, expire: 9, serverId: 1, serverKey: 'vm1' },
  ]);
});

test('show peers', () => {
  const sections = readShowPeers(fixture('show-peers'));
  const vr = { name: 'vr', local: true, active: false, address: '127.0.0.1:20500', lastStatus: 'ESTA' };
  expect(sections).toEqual([{ name: 'lb', disabled: false, flags: 0x1103, peers: [vr] }]);
  expect(resyncFinished(sections)).toBe(true);
  expect(resyncFinished(readShowPeers(fixture('show-peers').replace('flags=0x1103', 'flags=0x1101')))).toBe(false);
  expect(resyncFinished([])).toBe(false);
});

test.each([
  ['state=0', false],
  ['state=4', true],
  ['disabled=1', true],
])('show peers, of 2.2 too: with %s it is disabled: %s', (word, disabled) => {
  const [section] = readShowPeers(fixture('show-peers').replace('disabled=0', word));
  expect(section).toMatchObject({ name: 'lb', disabled, flags: 0x1103 });
});

test.each([
  ['(remote,active) addr=10.1.1.3:10000 last_status=ESTA last_hdshk=0s', true],
  ['(remote,active) addr=10.1.1.3:10000 last_status=CONN last_hdshk=0s', false],
  ['(remote,inactive) addr=10.1.1.3:10000 last_status=ESTA last_hdshk=0s', false],
  ['(remote,inactive) addr=10.1.1.3:10000 app_state=STOPPED learn_state=NOTASSIGNED last_status=NONE', false],
  ['(remote,active) addr=10.1.1.3:10000 app_state=RUNNING learn_state=NOTASSIGNED last_status=ESTA', true],
  ['(remote) addr=10.1.1.3:10000 status=ESTA reconnect=1s confirm=0', true],
  ['(remote) addr=10.1.1.3:10000 status=NONE reconnect=<NEVER> confirm=0', false],
])('show peers, of HAProxys from 2.2 to 3.0: %s is connected: %s', (peer, connected) => {
  const [head] = fixture('show-peers').split('\n');
  const [section] = readShowPeers(`${head}\n  0x5632: id=r-6-VM${peer}\n`);
  expect(section!.peers.map(isPeerConnected)).toEqual([connected]);
});

test.each([
  ['0x01', 0x01, 'the CLI', true],
  ['0x02', 0x02, 'a server that it tracks', true],
  ['0x04', 0x04, 'a former configuration', false],
  ['0x20', 0x20, 'a name that does not resolve', true],
  ['0x40', 0x40, 'a name without an address yet', true],
])('show servers state, bit %s (%d), maintenance by %s: %s', (_hex, bit, _by, maintenance) => {
  const text = fixture('show-servers-state').replace('vm101 127.0.0.1 2 0 ', `vm101 127.0.0.1 0 ${bit} `);
  expect(readServersState(text)[0]).toMatchObject({ name: 'vm101', maintenance, drain: false });
});

test('show servers state, with the administrative states decoded', () => {
  const text = fixture('show-servers-state');
  const servers = readServersState(text);
  expect(servers).toHaveLength(3);
  expect(servers[0]).toEqual({
    backend: '127_0_0_1-28080',
    name: 'vm101',
    id: 101,
    address: '127.0.0.1',
    port: 28101,
    operState: 'running',
    maintenance: false,
    drain: false,
    weight: 1,
    initialWeight: 1,
    secondsSinceChange: 2,
    checkStatus: 6,
    checking: true,
    forcedId: true,
  });
  // Recorded after `set server ... state drain` and `state maint`.
  const changed = text
    .replace('vm101 127.0.0.1 2 0 ', 'vm101 127.0.0.1 2 8 ')
    .replace('vm103 127.0.0.1 2 0 ', 'vm103 127.0.0.1 0 1 ');
  expect(readServersState(changed).map(({ drain, maintenance, operState }) => [drain, maintenance, operState])).toEqual(
    [
      [true, false, 'running'],
      [false, false, 'running'],
      [false, true, 'stopped'],
    ],
  );
});

test('show map', () => {
  expect(readShowMap(fixture('show-map'))).toEqual([
    { reference: '0x5605c40fed90', key: '127_0_0_1-28080', value: 'source' },
  ]);
  expect(readShowMaps(fixture('show-map-list'))).toEqual([
    { id: 0, file: '/run/limpet/stick.map', currentVersion: 0, entryCount: 1 },
  ]);
});

test('show env', () => {
  expect(readShowEnv('LB_GEN=7\nA=x=y\nz\n')).toEqual(
    new Map([
      ['LB_GEN', '7'],
      ['A', 'x=y\nz'],
    ]),
  );
  expect(readShowEnv('Variable not found\n').size).toBe(0);
});

test('show stat, with a quoted cell', () => {
  const rows = readShowStat(fixture('show-stat'));
  expect(rows.map(({ proxy, service, kind }) => `${kind} ${proxy}/${service}`)).toEqual([
    'frontend 127_0_0_1-28080/FRONTEND',
    'server 127_0_0_1-28080/vm101',
    'server 127_0_0_1-28080/vm102',
    'backend 127_0_0_1-28080/BACKEND',
    'frontend web/FRONTEND',
    'server web/vm103',
    'backend web/BACKEND',
  ]);
  expect(rows[1]).toMatchObject({ status: 'UP', currentSessions: 1, cells: { addr: '127.0.0.1:28101' } });
  const quoted = readShowStat(fixture('show-stat').replace('Layer4 check passed', '"no ""route"", none"'));
  expect(quoted[1]?.cells.check_desc).toBe('no "route", none');
});

test('show ssl cert: the list with its transaction, and a certificate that waits for its commit', () => {
  const file = '/run/limpet/web.pem';
  expect(readSslCertificates(fixture('show-ssl-cert-list'))).toEqual({ files: [file], transaction: file });
  expect(readSslCertificates('')).toEqual({ files: [] });
  expect(readSslCertificate(fixture('show-ssl-cert'))).toMatchObject({
    file,
    transaction: true,
    status: 'Unused',
    notAfter: new Date('2026-12-23T08:03:31Z'),
    sha1: '02DC3DC5752DFA12EE1D319D1C0963956DFC6D82',
    subject: '/CN=limpet',
    fields: { Algorithm: 'RSA2048', 'Subject Alternative Name': '' },
  });
  expect(readSslCertificate('Filename: /new.pem\nStatus: Empty\n')).toEqual({
    file: '/new.pem',
    transaction: false,
    status: 'Empty',
    fields: { Filename: '/new.pem', Status: 'Empty' },
  });
});

const readers = {
  readSslCertificates,
  readSslCertificate,
  readShowProc,
  readShowInfo,
  readShowSess,
  readShowTable,
  readShowPeers,
  readServersState,
  readShowMap,
  readShowMaps,
  readShowEnv,
  readShowStat,
};

describe.each(Object.entries(readers))('%s', (_, read) => {
  test.each(['No such table\n', 'Permission denied\n', 'Unknown command, but maybe:\n  show info\n'])(
    'refuses %j',
    (text) => {
      const first = text.split('\n')[0]!;
      expect(() => read(text)).toThrowError(
        expect.objectContaining({ code: 'HAPROXY_UNEXPECTED_OUTPUT', message: expect.stringContaining(first) }),
      );
    },
  );

  test('gives a typed error or a value for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0x1af:=# ,\n(vm)'.split('')) }), (text) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(HaproxyError);
        }
      }),
    );
  });
});

/** Each reader with an answer that it reads. */
const recorded = [
  [readShowProc, 'show-proc-failed'],
  [readShowInfo, 'show-info'],
  [readShowSess, 'show-sess'],
  [readShowTable, 'show-table-entries'],
  [readShowPeers, 'show-peers'],
  [readServersState, 'show-servers-state'],
  [readShowMap, 'show-map'],
  [readShowMaps, 'show-map-list'],
  [readShowStat, 'show-stat'],
  [readSslCertificate, 'show-ssl-cert'],
  [readSslCertificates, 'show-ssl-cert-list'],
] as const;

test.each(recorded)('%o reads its answer cut off anywhere, or garbled, or says what it did not know', (read, name) => {
  const text = fixture(name);
  const character = fc.constantFrom(...' ,:=#\n0x-"\u0000é'.split(''));
  const at = fc.integer({ min: 0, max: text.length });
  fc.assert(
    fc.property(at, at, character, (from, cut, written) => {
      try {
        read(`${text.slice(0, from)}${written}${text.slice(from + 1)}`.slice(0, cut));
      } catch (error) {
        expect(error).toMatchObject({ code: 'HAPROXY_UNEXPECTED_OUTPUT' });
      }
    }),
    { numRuns: 300 },
  );
});

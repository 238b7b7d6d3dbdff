import { describe, expect, it, test } from 'vitest';
import { fixture } from '../../testing/fixture.ts';
import { readShowInfo } from './show-info.ts';
import { readShowMap, readShowMaps } from './show-map.ts';
import { readShowPeers, resyncFinished } from './show-peers.ts';
import { readShowProc } from './show-proc.ts';
import { readServersState } from './show-servers-state.ts';
import { readShowSess } from './show-sess.ts';
import { readSslCertificate } from './show-ssl-cert.ts';
import { readShowStat } from './show-stat.ts';
import { readShowTable } from './show-table.ts';

describe('show info', () => {
  const text = 'Name: HAProxy\nVersion: 2.6.12\nUptime_sec: 61\nPid: 7\nStopping: 1\nnode:\ndescription: a: b\n';

  it('has an old worker, empty values and values with colons', () => {
    expect(readShowInfo(text)).toMatchObject({
      pid: 7,
      uptime: 61,
      stopping: true,
      fields: { node: '', description: 'a: b' },
    });
  });

  it('takes a name of no letters', () => {
    expect(readShowInfo(`${text}: x\n`).fields['']).toBe('x');
  });
});

describe('show map', () => {
  it('has keys without a value', () => {
    expect(readShowMap('0x5 192.0.2.7\n')).toEqual([{ reference: '0x5', key: '192.0.2.7', value: '' }]);
  });

  it('lists maps without a file, and big numbers', () => {
    const rows = '-12 () pattern used by map. curr_ver=34 next_ver=56 entry_cnt=78\n';
    expect(readShowMaps(`# id (file) description\n${rows}`)).toEqual([{ id: -12, currentVersion: 34, entryCount: 78 }]);
  });
});

describe('show peers', () => {
  const text = fixture('show-peers');

  it('tells a remote, active peer and a disabled section', () => {
    const changed = text.replace('(local,inactive)', '(remote,active)').replace('disabled=0', 'disabled=1');
    const [section] = readShowPeers(changed);
    expect(section).toMatchObject({ disabled: true, peers: [{ local: false, active: true }] });
  });

  it('is not finished while one of two sections is not', () => {
    const both = readShowPeers(`${text}${text.replace('flags=0x1103', 'flags=0x1101')}`);
    expect(both).toHaveLength(2);
    expect(resyncFinished(both)).toBe(false);
  });

  it('reads sections and peers only where they stand', () => {
    expect(readShowPeers(`${text}  ${text.split('\n')[0]}\n`)).toHaveLength(1);
    expect(readShowPeers(`${text}x ${text.split('\n')[1]!.trim()}\n`)[0]?.peers).toHaveLength(1);
  });
});

describe('show proc', () => {
  it('has times of days and hours, and many failures', () => {
    const text =
      '#<PID> <type> <reloads> <uptime> <version>\n5222 master 52 [failed: 11]  12d03h04m05s \n# workers\n7 worker 0 0d00h00m01s 2.6.12 \n';
    const { master, failed, workers } = readShowProc(text);
    expect(master).toEqual({ pid: 5222, reloads: 52, uptime: ((12 * 24 + 3) * 60 + 4) * 60 + 5, version: '' });
    expect(failed).toBe(11);
    expect(workers).toEqual([{ pid: 7, type: 'worker', reloads: 0, uptime: 1 }]);
  });

  it('has relative PIDs of two digits', () => {
    const heading = '#<PID> <type> <relative PID> <reloads> <uptime> <version>\n1 master 10 5 0d00h02m07s 2.4\n';
    const rest = '# workers  \n2 worker 11 0 0d00h00m00s 2.4\n# old workers  \n3 worker [was: 12] 6 0d00h00m00s 2.4\n';
    const programs = '# programs  \n4 a - 0 0d00h00m00s 2.4\n# old programs  \n5 b - 1 0d00h00m00s 2.4\n';
    const { master, workers, oldWorkers, programs: run } = readShowProc(`${heading}${rest}${programs}`);
    expect(master.reloads).toBe(5);
    expect(workers.map(({ pid, reloads }) => [pid, reloads])).toEqual([[2, 0]]);
    expect(oldWorkers.map(({ pid, reloads }) => [pid, reloads])).toEqual([[3, 6]]);
    expect(run.map(({ pid }) => pid)).toEqual([4, 5]);
  });
});

describe('show servers state', () => {
  const text = fixture('show-servers-state');

  it('has servers that are not checked, and ids that HAProxy chose', () => {
    const changed = text.replace(' 6 0 0 1 - 28101', ' 2 0 0 0 - 28101');
    expect(readServersState(changed)[0]).toMatchObject({ checking: false, forcedId: false });
  });

  it('does not mind blanks at the ends', () => {
    const blanks = text.split('\n').map((line, at) => (at > 1 ? ` ${line} ` : `${line} `));
    expect(readServersState(blanks.join('\n'))).toEqual(readServersState(text));
  });
});

test('show sess: a source with a port only, and one that is something else', () => {
  const session = (src: string) =>
    readShowSess(fixture('show-sess').replace('127.0.0.1:58290', src))[1] as { source?: unknown };
  expect(session('fe80::1:58290').source).toEqual({ ip: 'fe80::1', port: 58290 });
  expect(session('127.0.0.1:58290x').source).toBeUndefined();
});

describe('show ssl cert FILE', () => {
  it('has fields without a blank after the colon, and a star that is part of the name', () => {
    const read = readSslCertificate('Filename: /a*.pem\nStatus: Used\nSerial: 12\nSubject:\n');
    expect(read).toEqual({
      file: '/a*.pem',
      transaction: false,
      status: 'Used',
      serial: '12',
      subject: '',
      fields: { Filename: '/a*.pem', Status: 'Used', Serial: '12', Subject: '' },
    });
  });

  it('has no field that HAProxy did not give', () => {
    expect(Object.keys(readSslCertificate('Filename: /a.pem\nStatus: Empty\n'))).toEqual([
      'file',
      'transaction',
      'status',
      'fields',
    ]);
  });
});

describe('show stat', () => {
  const header = '# pxname,svname,scur,stot,status,type,-,';

  it('has a row by column', () => {
    const [row] = readShowStat(`${header}\nweb,vm1,1,23,UP,2,x,\n`);
    expect(row).toMatchObject({ currentSessions: 1, totalSessions: 23, status: 'UP', kind: 'server' });
    expect(row!.cells).toEqual({
      pxname: 'web',
      svname: 'vm1',
      scur: '1',
      stot: '23',
      status: 'UP',
      type: '2',
      '-': 'x',
    });
  });

  it('has no cell that is empty, or in no column', () => {
    expect(readShowStat(`${header}\nweb,vm1,,,"a ""b"", c",2,,x\n`)[0]!.cells).toEqual({
      pxname: 'web',
      svname: 'vm1',
      status: 'a "b", c',
      type: '2',
    });
  });

  it('has nothing in columns that this version does not know', () => {
    expect(readShowStat('# pxname,svname,type\nweb,vm1,2\n')[0]).toMatchObject({ status: '', totalSessions: 0 });
  });
});

describe('show table', () => {
  it('has big numbers, entries without data, and names without values', () => {
    const text =
      '# table: t, type: ip, size:10240, used:12\n0x5: key=a b use=34 exp=9\n0x6: key=c use=0 exp=8 server_key other=1\n';
    expect(readShowTable(text)).toEqual([
      {
        name: 't',
        type: 'ip',
        size: 10_240,
        used: 12,
        entries: [
          { key: 'a b', use: 34, expire: 9 },
          { key: 'c', use: 0, expire: 8, serverKey: '' },
        ],
      },
    ]);
  });
});

test('lines of blanks are no lines', () => {
  expect(readShowMap(' \n0x5 a b\n\t\n')).toHaveLength(1);
});

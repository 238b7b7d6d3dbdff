import { describe, expect, it } from 'vitest';
import { fixture } from '../../testing/fixture.ts';
import { readShowEnv } from './show-env.ts';
import { readShowInfo } from './show-info.ts';
import { readShowMap, readShowMaps } from './show-map.ts';
import { readShowPeers } from './show-peers.ts';
import { readShowProc } from './show-proc.ts';
import { readServersState } from './show-servers-state.ts';
import { readShowSess } from './show-sess.ts';
import { readSslCertificate, readSslCertificates } from './show-ssl-cert.ts';
import { readShowStat } from './show-stat.ts';
import { readShowTable } from './show-table.ts';

/** Of an answer that is refused: the text, and the line that the error shows. */
type Refused = readonly [text: string, shown: string];

/** Texts in which one thing of a recorded answer is otherwise; the error shows the line with that. */
const changed = (name: string, ...changes: readonly (readonly [from: string, to: string])[]): Refused[] =>
  changes.map(([from, to]) => {
    const text = fixture(name).replace(from, to);
    const at = fixture(name).indexOf(from);
    const start = text.lastIndexOf('\n', at - 1) + 1;
    return [text, text.slice(start, text.indexOf('\n', at)).trimStart()];
  });

/** The same, where the error shows how the answer begins. */
const whole = (name: string, ...changes: readonly (readonly [from: string, to: string])[]): Refused[] =>
  changes.map(([from, to]) => {
    const text = fixture(name).replace(from, to);
    return [text, text.trimStart().split('\n')[0]!];
  });

const process = '#<PID> <type> <reloads> <uptime> <version>\n';
const master = `${process}5222 master 52 0d00h09m18s 2.6.12\n`;
const worker = '8356 worker 1 0d00h00m02s 2.6.12';
const numbered = '#<PID> <type> <relative PID> <reloads> <uptime> <version>\n';

const refusals: readonly (readonly [command: string, read: (text: string) => unknown, refused: readonly Refused[]])[] =
  [
    [
      'show env',
      readShowEnv,
      [
        ['1A=x\nB=y\n', '1A=x'],
        ['A=a\rb\n', 'A=a\rb'],
        ['x A=x\n', 'x A=x'],
        ['  \n Variable', 'Variable'],
      ],
    ],
    [
      'show info',
      readShowInfo,
      [
        ...whole('show-info', ['Name: HAProxy', 'Name HAProxy'], ['Name: ', 'Title: '], ['\nVersion: ', '\nNumber: ']),
        ...whole('show-info', ['Pid: ', 'Pid: x'], ['Pid: 8356', 'Pid: 8356x'], ['\nPid: ', '\nNo: ']),
        ...whole('show-info', ['Release_date: ', ':Release_date ']),
      ],
    ],
    [
      'show map FILE',
      readShowMap,
      [
        ...changed('show-map', ['0x', ' 0x'], ['0x', 'x0x'], ['source', 'a\rb'], [' source', ''], [' 127', '\t127']),
      ].filter(([text]) => !/-28080$/m.test(text)),
    ],
    [
      'show map',
      readShowMaps,
      [
        ...whole('show-map-list', ['# id', '#id']),
        ...changed('show-map-list', ['0 (', 'x0 ('], ['entry_cnt=1', 'entry_cnt=1 x'], ['curr_ver=0', 'curr_ver=x']),
      ],
    ],
    ['show peers', readShowPeers, changed('show-peers', ['0x', 'x0x'], ['flags=0x1103', 'flags=1103'])],
    [
      'show proc',
      readShowProc,
      [
        [worker, worker],
        [`${process}# workers\n${worker}`, process.trimEnd()],
        [`${process}# old workers\n${worker}`, process.trimEnd()],
        [`${process}# programs\n${worker}`, process.trimEnd()],
        [process, process.trimEnd()],
        [`${master}${worker}`, process.trimEnd()],
        [`${master}# other\n${worker}`, process.trimEnd()],
        [`${master}x # workers\n${worker}`, 'x # workers'],
        [`${master}# workers\n${worker} x`, `${worker} x`],
        [`${master}# workers\nx${worker}`, `x${worker}`],
        // Only the heading says that there is a column more.
        [`x\n${numbered}1162 master 0 5 0d00h02m07s 2.4.24\n`, 'x'],
        [`${process}1162 master 0 5 0d00h02m07s 2.4.24\n`, '1162 master 0 5 0d00h02m07s 2.4.24'],
        [`${numbered}1162 master 5 0d00h02m07s 2.4.24\n`, '1162 master 5 0d00h02m07s 2.4.24'],
      ],
    ],
    [
      'show servers state',
      readServersState,
      [
        ...whole('show-servers-state', ['1\n', '2\n'], ['# be_id', '# x']),
        ['', ''],
        ['1\n', '1'],
        ...changed('show-servers-state', ['vm101 127.0.0.1', 'vm101'], ['28101 - 0 0 - - 0', '28101 - 0 0 - - 0 7']),
        ...changed('show-servers-state', ['28101', 'x28101'], ['28101', '28101x'], ['127.0.0.1 2 0', '127.0.0.1 4 0']),
        // A column that is needed, and is not there.
        [
          fixture('show-servers-state').replace('srv_port', 'x'),
          '2 127_0_0_1-28080 101 vm101 127.0.0.1 2 0 1 1 2 6 3 4 6 0 0 1 - 28101 - 0 0 - - 0',
        ],
        [
          fixture('show-servers-state').replace('be_name', 'x'),
          '2 127_0_0_1-28080 101 vm101 127.0.0.1 2 0 1 1 2 6 3 4 6 0 0 1 - 28101 - 0 0 - - 0',
        ],
      ],
    ],
    [
      'show sess',
      readShowSess,
      changed(
        'show-sess',
        ['0x', 'x 0x'],
        ['age=1s', 'age=x1s'],
        ['age=1s', 'age=1sx'],
        ['age=1s', 'age=1'],
        ['0x5605c41c5820: proto=unix_stream src=unix:2', 'x0x5605c41c5820: proto=? ts=00'],
      ),
    ],
    [
      'show ssl cert',
      readSslCertificates,
      [
        ['/a.pem\n', '/a.pem'],
        ['*/a.pem\n', '*/a.pem'],
        ['# transaction\n/a.pem\n', '/a.pem'],
      ],
    ],
    [
      'show ssl cert FILE',
      readSslCertificate,
      [
        ['*Filename: /a.pem\nStatus: Empty\n', '*Filename: /a.pem'],
        ['Filename: /a.pem\n', 'Filename: /a.pem'],
        ['Status: Empty\n', 'Status: Empty'],
        ['Filename: /a.pem\nStatus: Used\nSubject: a\rb\n', 'Subject: a\rb'],
        ['Filename: /a.pem\nStatus: Used\nnotAfter: some day GMT\n', 'some day GMT'],
        ['Filename: /a.pem\nStatus: Used\nnotAfter: Nov 23 08:03:31 2026\n', 'Nov 23 08:03:31 2026'],
        ['Filename: /a.pem\nStatus: Used\nnotAfter: Nov 23 08:03:31 2026 GMT+1\n', 'Nov 23 08:03:31 2026 GMT+1'],
      ],
    ],
    [
      'show stat',
      readShowStat,
      [
        ...whole('show-stat', ['# pxname,svname', '# pxname,name']),
        ['# pxname,svname,type\nweb,vm1,2,9\n', 'web,vm1,2,9'],
        ...changed('show-stat', ['vm101,', 'vm101,,'], ['127_0_0_1-28080,vm101', ',vm101'], [',vm101,', ',,']),
        ...changed('show-stat', ['1,2,101,,1,,2,', '1,2,101,,1,,9,'], ['1,2,101,,1,,2,', '1,2,101,,1,,,']),
      ],
    ],
    [
      'show table',
      readShowTable,
      [
        ['x # table: t, type: ip, size:1, used:0\n', 'x # table: t, type: ip, size:1, used:0'],
        ['# table: t, type: ip, size:1, used:0 x\n', '# table: t, type: ip, size:1, used:0 x'],
        ...changed('show-table-entries', ['0x', 'x0x'], ['exp=1799171', 'exp=1799171x'], ['use=0', 'use=x']),
      ],
    ],
  ];

describe.each(refusals)('%s', (command, read, refused) => {
  it.each(refused)('refuses %j and shows %j', (text, shown) => {
    const message = `"${command}" answered ${JSON.stringify(shown)}, which is not what HAProxy says`;
    expect(() => read(text)).toThrowError(expect.objectContaining({ code: 'HAPROXY_UNEXPECTED_OUTPUT', message }));
  });
});

import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LiveHaproxy, openLiveHaproxy } from '../testing/live-haproxy.ts';
import { RuntimeClient } from './cli/runtime-client.ts';
import { tokenizeLine } from './config/tokenize.ts';
import { openProbe } from './probe.ts';
import { readShowEnv } from './readers/show-env.ts';
import { readShowInfo } from './readers/show-info.ts';
import { readShowMap } from './readers/show-map.ts';
import { readShowPeers } from './readers/show-peers.ts';
import { readShowProc, type ShowProc } from './readers/show-proc.ts';
import { readServersState } from './readers/show-servers-state.ts';
import { readShowSess } from './readers/show-sess.ts';
import { readShowStat } from './readers/show-stat.ts';
import { readShowTable } from './readers/show-table.ts';

let live: LiveHaproxy;

beforeEach(async () => {
  live = await openLiveHaproxy();
});

afterEach(() => live.close());

const processes = async (): Promise<ShowProc> => readShowProc(await live.haproxy.master('show proc'));

const until = async <T>(read: () => Promise<T>, done: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await read();
    if (done(value)) return value;
    await sleep(5);
  }
};

const reload = async (): Promise<ShowProc> => {
  const before = (await processes()).workers[0]?.pid;
  await live.haproxy.signalReload();
  return until(processes, ({ workers, failed }) => failed > 0 || (workers[0] && workers[0].pid !== before) === true);
};

/** A client connection that has been answered once, and stays open. */
const hold = async (): Promise<{ vm: string; closed: Promise<void>; end(): void }> => {
  const socket = connect(live.ports.raw, '127.0.0.1');
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data).trim())));
  socket.write('hello\n');
  return { vm: await answer, closed, end: () => socket.destroy() };
};

const gone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

test('start resolves when the worker serves, and stop ends all processes, old workers with connections too', async () => {
  expect(await live.haproxy.running()).toBe(false);
  await live.haproxy.start(live.path('haproxy.cfg'));
  expect(await live.haproxy.running()).toBe(true);
  const held = await hold();
  const { master, workers, oldWorkers } = await reload();
  expect(oldWorkers).toHaveLength(1);
  await live.haproxy.stop();
  await held.closed;
  expect(await live.haproxy.running()).toBe(false);
  expect([master, ...workers, ...oldWorkers].map(({ pid }) => gone(pid))).toEqual([true, true, true]);
  await live.haproxy.stop();
});

test('a start that fails says why, and leaves nothing', async () => {
  const port = live.ports.web;
  await live.configure(1, '\nlisten again\n  bind 192.0.2.1:80\n');
  await expect(live.haproxy.start()).rejects.toMatchObject({
    code: 'HAPROXY_START_FAILED',
    message: expect.stringMatching(/cannot bind|Starting proxy again/),
  });
  expect(await live.haproxy.running()).toBe(false);
  await expect(
    new Promise((resolve, reject) => connect(port, '127.0.0.1', resolve as () => void).on('error', reject)),
  ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await live.configure(1);
  await live.haproxy.start();
  await expect(live.haproxy.start()).rejects.toThrowError(/running already/);
});

test('check names the line', async () => {
  expect(await live.haproxy.check(live.path('haproxy.cfg'))).toEqual({ ok: true });
  await live.configure(1, '\nlisten bad\n  balance nonsense\n');
  const verdict = await live.haproxy.check(live.path('haproxy.cfg'));
  expect(verdict).toMatchObject({
    ok: false,
    message: expect.stringMatching(/^parsing \[.*haproxy.cfg:\d+\] : .*balance/),
  });
});

test('after a reload only the new worker answers, and no command fails meanwhile', async () => {
  await live.haproxy.start();
  const runtime = new RuntimeClient({ socketPath: live.path('stats.sock') });
  for (const generation of [2, 3, 4]) {
    await live.configure(generation);
    let reloading = true;
    let answered = 0;
    const asking = (async () => {
      while (reloading) {
        await runtime.run(['show env GENERATION']);
        answered++;
      }
    })();
    const { workers } = await reload();
    reloading = false;
    await asking;
    expect(answered).toBeGreaterThan(0);
    for (let time = 0; time < 100; time++) {
      const [env, info] = await live.haproxy.runtime(['show env GENERATION', 'show info']);
      expect([readShowEnv(env!).get('GENERATION'), readShowInfo(info!).pid]).toEqual([
        String(generation),
        workers[0]?.pid,
      ]);
    }
  }
});

test('a reload that fails is counted, and the worker goes on', async () => {
  await live.haproxy.start();
  const before = await processes();
  await live.configure(2, '\nlisten bad\n  balance nonsense\n');
  const after = await reload();
  expect(after.failed).toBe(1);
  expect(after.workers.map(({ pid }) => pid)).toEqual(before.workers.map(({ pid }) => pid));
  expect(readShowEnv((await live.haproxy.runtime(['show env GENERATION']))[0]!).get('GENERATION')).toBe('1');
  await live.configure(3);
  await live.haproxy.signalReload();
  const healed = await until(processes, ({ failed }) => failed === 0);
  expect(healed.workers[0]?.pid).not.toBe(before.workers[0]?.pid);
});

test('a second handle adopts the running HAProxy', async () => {
  await live.haproxy.start();
  const adopted = live.adopt();
  expect(await adopted.running()).toBe(true);
  const before = (await processes()).workers[0]?.pid;
  await adopted.signalReload();
  expect(await adopted.running()).toBe(true);
  await adopted.master('show proc');
  await until(processes, ({ workers }) => workers[0] !== undefined && workers[0].pid !== before);
  await adopted.stop();
  expect(await live.haproxy.running()).toBe(false);
  await expect(adopted.signalReload()).rejects.toMatchObject({ code: 'HAPROXY_NOT_RUNNING' });
});

test('when the master is killed, its workers end too, and it can be started again', async () => {
  await live.haproxy.start();
  const { master, workers } = await processes();
  process.kill(master.pid, 'SIGKILL');
  await until(async () => workers.every(({ pid }) => gone(pid)), Boolean);
  await until(
    () => live.haproxy.running(),
    (running) => !running,
  );
  await live.haproxy.start();
  expect((await processes()).master.pid).not.toBe(master.pid);
});

test('a HAProxy that hangs is not taken for one that is gone, and nobody starts a second one beside it', async () => {
  await live.haproxy.start();
  const { master, workers } = await processes();
  const all = [master.pid, ...workers.map(({ pid }) => pid)];
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  const adopted = live.adopt();
  const hangs = {
    code: 'HAPROXY_NOT_RESPONDING',
    message: expect.stringContaining(`end it with "kill -9 ${all.join(' ')}"`),
  };
  await expect(adopted.running()).rejects.toMatchObject(hangs);
  await expect(adopted.start()).rejects.toMatchObject(hangs);
  for (const pid of all) process.kill(pid, 'SIGCONT');
  expect(await adopted.running()).toBe(true);
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  await live.adopt().stop();
  await expect.poll(() => all.filter((pid) => !gone(pid))).toEqual([]);
  expect(await adopted.running()).toBe(false);
});

test('a HAProxy whose files were taken away is there all the same', async () => {
  await live.haproxy.start();
  const { master } = await processes();
  await rm(live.path('haproxy.pid'));
  await rm(live.path('master.sock'));
  await expect(live.adopt().start()).rejects.toMatchObject({
    code: 'HAPROXY_NOT_RESPONDING',
    message: expect.stringContaining(`${master.pid}`),
  });
});

test('a pid file that names another program is nobody', async () => {
  await writeFile(live.path('haproxy.pid'), `${process.pid}\n`);
  expect(await live.adopt().running()).toBe(false);
});

test('every reader reads what a live HAProxy says', async () => {
  await live.haproxy.start();
  const held = await hold();
  const [state, table, tables, peers, sess, map, info, stat, missing] = await live.haproxy.runtime([
    'show servers state',
    'show table raw',
    'show table',
    'show peers',
    'show sess',
    `show map ${live.path('stick.map')}`,
    'show info',
    'show stat',
    'show env NOT_THERE',
  ]);
  expect(readServersState(state!).map(({ backend, name, id }) => [backend, name, id])).toEqual([
    ['web', 'vm1', 1],
    ['web', 'vm2', 2],
    ['raw', 'vm1', 1],
    ['raw', 'vm2', 2],
  ]);
  expect(readShowTable(table!)[0]?.entries).toMatchObject([{ key: '127.0.0.1', serverKey: held.vm }]);
  expect(readShowTable(tables!)).toMatchObject([{ name: 'raw', used: 1 }]);
  expect(readShowPeers(peers!)).toMatchObject([{ name: 'lb', peers: [{ name: 'vr', local: true }] }]);
  expect(readShowSess(sess!).find(({ frontend }) => frontend === 'raw')).toMatchObject({
    server: held.vm,
    source: { ip: '127.0.0.1' },
  });
  expect(readShowMap(map!)).toMatchObject([{ key: 'raw', value: 'source' }]);
  expect(readShowInfo(info!)).toMatchObject({ stopping: false });
  expect(readShowStat(stat!).some(({ proxy, kind }) => proxy === 'web' && kind === 'frontend')).toBe(true);
  expect(readShowEnv(missing!).size).toBe(0);
  const [, , changed] = await live.haproxy.runtime([
    'set server web/vm1 state drain',
    'set server web/vm2 state maint',
    'show servers state web',
  ]);
  expect(readServersState(changed!).map(({ drain, maintenance }) => [drain, maintenance])).toEqual([
    [true, false],
    [false, true],
  ]);
  held.end();
});

test('an old worker is asked through the master, and its session ended there', async () => {
  await live.haproxy.start();
  const held = await hold();
  const { oldWorkers } = await reload();
  const old = oldWorkers[0]!.pid;
  const sessions = readShowSess(await live.haproxy.master(`@!${old} show sess`));
  const session = sessions.find(({ frontend }) => frontend === 'raw')!;
  await live.haproxy.master(`@!${old} shutdown session ${session.id}`);
  await held.closed;
});

test('thousands of commands in one batch are all applied', async () => {
  await live.haproxy.start();
  const keys = Array.from({ length: 5000 }, (_, at) => `key${at}`);
  const map = live.path('stick.map');
  const answers = await live.haproxy.runtime(keys.map((key) => `add map ${map} ${key} source`));
  expect(answers.filter((answer) => answer !== '')).toEqual([]);
  const [shown] = await live.haproxy.runtime([`show map ${map}`]);
  expect(readShowMap(shown!).map(({ key }) => key)).toEqual(['raw', ...keys]);
});

test('many callers at once wait for their turn on both sockets', async () => {
  await live.haproxy.start();
  const pids = await Promise.all(
    Array.from({ length: 100 }, async () => [
      (await processes()).workers[0]?.pid,
      readShowInfo((await live.haproxy.runtime(['show info']))[0]!).pid,
    ]),
  );
  expect(new Set(pids.flat()).size).toBe(1);
});

test('a probe plays a client of any address, and stays open until it is closed', async () => {
  await live.haproxy.start();
  const entries = async () => readShowTable((await live.haproxy.runtime(['show table raw']))[0]!)[0]!.entries;
  const sources = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
  const probes = await Promise.all(sources.map((source) => openProbe(live.path('raw.sock'), source, 'tcp')));
  const found = await until(entries, (list) => list.length === sources.length);
  expect(found.map(({ key }) => key).sort()).toEqual(sources);
  const sessions = async () =>
    readShowSess((await live.haproxy.runtime(['show sess']))[0]!).filter(({ frontend }) => frontend === 'raw');
  expect(await sessions()).toHaveLength(3);
  for (const probe of probes) probe.close();
  await until(sessions, (list) => list.length === 0);

  const probe = await openProbe(live.path('web.sock'), '192.0.2.4', 'http');
  // HAProxy counts an answer after it has sent it.
  const answered = async () =>
    readShowStat((await live.haproxy.runtime(['show stat web 2 -1']))[0]!)[0]?.cell('hrsp_2xx');
  await until(answered, (count) => count === '1');
  probe.close();
  await expect(openProbe(live.path('web.sock'), '192.0.2', 'http')).rejects.toMatchObject({
    code: 'HAPROXY_PROBE_FAILED',
  });
});

test('lines are split as HAProxy splits them', async () => {
  const words = fc.sample(
    fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'ab \\"\'#x41$nrt'.split('')) }),
    { numRuns: 400, seed: 9583 },
  );
  const expected = new Map<string, string>();
  let text = '\nglobal\n';
  for (const [at, word] of words.entries()) {
    let value: string | undefined;
    try {
      const read = tokenizeLine(`setenv W${at} ${word}`, 1)!.words;
      // A variable in weak quotes is HAProxy's to expand, and a line break would end the answer's line.
      if (read.length === 3 && !/[$\n\r]/.test(read[2]!) && read[2] !== '') value = read[2];
    } catch {
      continue;
    }
    if (value === undefined) continue;
    expected.set(`W${at}`, value);
    text += `  setenv W${at} ${word}\n`;
  }
  expect(expected.size).toBeGreaterThan(100);
  await live.configure(1, text);
  await live.haproxy.start();
  const names = [...expected.keys()];
  const answers = await live.haproxy.runtime(names.map((name) => `show env ${name}`));
  expect(new Map(answers.map((answer, at) => [names[at], readShowEnv(answer).get(names[at]!)]))).toEqual(expected);
});

import { readShowPeers, readShowProc, resyncFinished } from '@limpet/haproxy';
import { describe, expect, it } from 'vitest';
import {
  CONFIG,
  clientAddresses,
  configText,
  moved,
  openDataPlane,
  PORT,
  PUBLIC,
  RULE,
  reload,
  shuffled,
  whoAnswers,
} from '../../testing/memory-data-plane.ts';
import { createMemoryDataPlane } from './data-plane.ts';

const clients = clientAddresses(20);
const sticky = ['stick-table type ip size 200k expire 30m', 'stick on src'];
const stickyPeers = ['stick-table type ip size 200k expire 30m peers lb', 'stick on src'];
const positional = (vms: readonly number[], id = false) =>
  vms.map((vm, at) => `server pool_${at} 10.1.1.${vm}:80 check${id ? ` id ${at + 1}` : ''}`);
const stable = (vms: readonly number[], id: boolean) =>
  vms.map((vm) => `server vm${vm} 10.1.1.${vm}:80 check${id ? ` id ${vm}` : ''}`);

describe('reload', () => {
  it('moves sticky clients when the tables have no peers', async () => {
    const text = configText({ rule: [...sticky, ...stable([1, 2, 3, 4, 5], true)] });
    const dataPlane = await openDataPlane(5, text);
    const before = await whoAnswers(dataPlane, clients);
    expect(moved(before, await whoAnswers(dataPlane, shuffled(clients, 1)))).toEqual([]);
    await reload(dataPlane, text);
    expect(moved(before, await whoAnswers(dataPlane, shuffled(clients, 2))).length).toBeGreaterThan(10);
  });

  it('starts its turns anew, so that clients in the same order look sticky on an empty table', async () => {
    const text = configText({ rule: [...sticky, ...stable([1, 2, 3], true)] });
    const dataPlane = await openDataPlane(3, text);
    const before = await whoAnswers(dataPlane, clients);
    await reload(dataPlane, text);
    expect(moved(before, await whoAnswers(dataPlane, clients))).toEqual([]);
  });

  it('keeps every sticky client with peers, once the tables are in step', async () => {
    const text = configText({ peers: true, rule: [...stickyPeers, ...stable([1, 2, 3, 4, 5], true)] });
    const dataPlane = await openDataPlane(5, text);
    const before = await whoAnswers(dataPlane, clients);
    await dataPlane.clock.sleep(5000);
    for (let round = 0; round < 10; round += 1) await reload(dataPlane, text);
    expect(moved(before, await whoAnswers(dataPlane, shuffled(clients, 3)))).toEqual([]);
  });

  it('loses the tables within 5 s of a cold start, in spite of peers', async () => {
    const text = configText({ peers: true, rule: [...stickyPeers, ...stable([1, 2, 3, 4, 5], true)] });
    const dataPlane = await openDataPlane(5, text);
    await whoAnswers(dataPlane, clients);
    await dataPlane.clock.sleep(4999);
    await reload(dataPlane, text);
    expect(await dataPlane.haproxy.runtime(['show table'])).toEqual([
      `# table: ${RULE}, type: ip, size:204800, used:0`,
    ]);
  });

  it('has no peers without localpeer', async () => {
    const text = configText({ peers: true, rule: [...stickyPeers, ...stable([1, 2], true)] }).replace(
      '  localpeer vr\n',
      '',
    );
    const dataPlane = await openDataPlane(2, text);
    await whoAnswers(dataPlane, clients);
    await dataPlane.clock.sleep(5000);
    await reload(dataPlane, text);
    const [peers, table] = await dataPlane.haproxy.runtime(['show peers', 'show table']);
    expect(peers).toBe('');
    expect(table).toContain('used:0');
  });
});

describe('removal of the middle VM of 5, with peers', () => {
  /** Clients that lost their VM although it is still there, and where the removed VM's clients went. */
  async function removeThird(servers: (vms: readonly number[]) => string[]) {
    const text = (vms: readonly number[]) => configText({ peers: true, rule: [...stickyPeers, ...servers(vms)] });
    const dataPlane = await openDataPlane(5, text([1, 2, 3, 4, 5]));
    const before = await whoAnswers(dataPlane, clients);
    await dataPlane.clock.sleep(5000);
    await reload(dataPlane, text([1, 2, 4, 5]));
    const after = await whoAnswers(dataPlane, shuffled(clients, 4));
    const needless = moved(before, after).filter((client) => before.get(client) !== 'vm3');
    const heirs = clients.filter((client) => before.get(client) === 'vm3').map((client) => after.get(client));
    return { needless, heirs: new Set(heirs) };
  }

  it('sends clients to the wrong VM with positional names', async () => {
    expect((await removeThird((vms) => positional(vms))).needless.length).toBeGreaterThanOrEqual(4);
    expect((await removeThird((vms) => positional(vms, true))).needless.length).toBeGreaterThanOrEqual(4);
  });

  it('piles the removed VM up on one other with stable names and automatic ids', async () => {
    const { needless, heirs } = await removeThird((vms) => stable(vms, false));
    expect(needless).toEqual([]);
    expect(heirs.size).toBe(1);
  });

  it('moves nobody else, and spreads the rest, with stable names and ids', async () => {
    const { needless, heirs } = await removeThird((vms) => stable(vms, true));
    expect(needless).toEqual([]);
    expect(heirs.size).toBeGreaterThan(1);
  });
});

it('teaches the tables for as long as it is told to', async () => {
  const dataPlane = createMemoryDataPlane({ localAddresses: [PUBLIC], lessonMs: 20 });
  const text = configText({ peers: true, rule: [...stickyPeers, ...stable([1, 2], true)] });
  await dataPlane.files.write(CONFIG, text);
  await dataPlane.haproxy.start(CONFIG);
  await dataPlane.clock.sleep(5000);
  await dataPlane.haproxy.runtime([`set table ${RULE} key 198.51.100.1 data.server_id 1`]);
  await dataPlane.haproxy.signalReload();
  const hasTeacher = async () => readShowProc(await dataPlane.haproxy.master('show proc')).oldWorkers.length === 1;
  const isTaught = async () => {
    const [peers = '', tables = ''] = await dataPlane.haproxy.runtime(['show peers', 'show table']);
    return [resyncFinished(readShowPeers(peers)), tables.includes('used:1')];
  };
  await dataPlane.clock.sleep(19);
  expect(await isTaught()).toEqual([false, false]);
  expect(await hasTeacher()).toBe(true);
  await dataPlane.clock.sleep(1);
  expect(await isTaught()).toEqual([true, true]);
  expect(await hasTeacher()).toBe(false);
});

describe('a failed reload', () => {
  it.each([
    ['a bad config', (text: string) => `${text}\n bogus`],
    ['an address that is not local', (text: string) => text.replace(`bind ${PUBLIC}`, 'bind 203.0.113.9')],
  ])('with %s keeps the old worker, its table and its connections', async (_, spoil) => {
    const text = configText({ rule: [...sticky, ...stable([1, 2, 3], true)] });
    const dataPlane = await openDataPlane(3, text);
    const before = await whoAnswers(dataPlane, clients);
    const former = readShowProc(await dataPlane.haproxy.master('show proc'));
    await reload(dataPlane, spoil(text));
    await dataPlane.haproxy.signalReload();
    const now = readShowProc(await dataPlane.haproxy.master('show proc'));
    expect(now).toMatchObject({ failed: 2, master: { reloads: 2 }, oldWorkers: [] });
    expect(now.workers[0]?.pid).toBe(former.workers[0]?.pid);
    expect(moved(before, await whoAnswers(dataPlane, shuffled(clients, 5)))).toEqual([]);
    await reload(dataPlane, text);
    expect(readShowProc(await dataPlane.haproxy.master('show proc'))).toMatchObject({
      failed: 0,
      master: { reloads: 3 },
    });
  });
});

describe('a port of another program', () => {
  const taken = { ip: PUBLIC, port: PORT, processes: [{ name: 'nginx', pid: 7 }] };

  it('can be bound by a new worker only when the one before listens there', async () => {
    const text = configText({ rule: stable([1], true) });
    const dataPlane = await openDataPlane(1, text);
    dataPlane.otherListeners.push(taken, { ...taken, port: 81 });
    expect(await dataPlane.listeners()).toHaveLength(2);
    await reload(dataPlane, text);
    expect(readShowProc(await dataPlane.haproxy.master('show proc'))).toMatchObject({ failed: 0 });
    await reload(dataPlane, text.replace(`:${PORT}`, ':81'));
    expect(readShowProc(await dataPlane.haproxy.master('show proc'))).toMatchObject({ failed: 1 });
  });

  it('lets a start fail, although the check passes', async () => {
    const dataPlane = await openDataPlane(0);
    dataPlane.otherListeners.push(taken);
    await dataPlane.files.write(CONFIG, configText({ rule: [] }));
    expect(await dataPlane.haproxy.check(CONFIG)).toEqual({ ok: true });
    await expect(dataPlane.haproxy.start(CONFIG)).rejects.toThrow('Address already in use');
  });
});

describe('start', () => {
  it('fails on an address that is not local, which the check lets through', async () => {
    const dataPlane = await openDataPlane(0);
    await dataPlane.files.write(CONFIG, configText({ rule: [] }).replace(PUBLIC, '203.0.113.9'));
    expect(await dataPlane.haproxy.check(CONFIG)).toEqual({ ok: true });
    await expect(dataPlane.haproxy.start(CONFIG)).rejects.toMatchObject({ code: 'HAPROXY_START_FAILED' });
    expect(await dataPlane.haproxy.running()).toBe(false);
    await expect(dataPlane.haproxy.runtime(['show info'])).rejects.toMatchObject({ code: 'HAPROXY_NOT_RUNNING' });
  });

  it('binds an address that is not local where the kernel lets it, for the time when the address comes', async () => {
    const [moving, addresses] = ['203.0.113.9', [PUBLIC]];
    const dataPlane = createMemoryDataPlane({ localAddresses: addresses });
    await dataPlane.vms.start([{ vm: 'vm1', ip: '10.1.1.1', port: 80 }]);
    await dataPlane.packetFilter.run(['-A', 'INPUT', '-d', moving, '-p', 'tcp', '-j', 'ACCEPT']);
    await dataPlane.files.write(CONFIG, configText({ rule: stable([1], true) }).replace(PUBLIC, moving));
    expect(await dataPlane.bindsNonlocal()).toBe(false);
    dataPlane.kernel.nonlocalBind = true;
    expect(await dataPlane.bindsNonlocal()).toBe(true);
    await dataPlane.haproxy.start(CONFIG);
    const ask = { client: '198.18.0.1', ip: moving, port: PORT, protocol: 'tcp' } as const;
    expect(await dataPlane.clients.ask([ask])).toEqual([{ ok: false, error: 'unreachable' }]);
    addresses.push(moving);
    expect(await dataPlane.clients.ask([ask])).toEqual([{ ok: true, vm: 'vm1' }]);
  });
});

import { readFile } from 'node:fs/promises';
import { CrashInjector, createMemoryDataPlane, type MemoryDataPlane } from '@limpet/data-plane';
import { beforeEach, expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { ruleId } from '../../names.ts';
import { routerPaths } from '../config/paths.ts';
import type { Store } from './store.ts';
import { readStoredState, StoredState } from './stored-state.ts';

/**
 * `testdata/state-files` was written by a router of the last version that had files: its snapshot has four rules' worth of
 * changes, and its journal four lines after it.
 */
const fixture = async (name: string): Promise<string> =>
  readFile(new URL(`../../../testdata/state-files/${name}`, import.meta.url), 'utf8');

const paths = routerPaths('/limpet');
const journalPath = `${paths.formerState}.journal`;
const idOf = (port: number): string => ruleId(rule({ port }));

let host: MemoryDataPlane;
let snapshot: string;
let journal: string;
beforeEach(async () => {
  host = createMemoryDataPlane({ localAddresses: ['10.0.53.2'] });
  snapshot = await fixture('state.json');
  journal = await fixture('state.json.journal');
  await host.files.write(paths.formerState, snapshot);
  await host.files.write(journalPath, journal);
});

const take = (): Promise<Store> => new StoredState(host, paths).open();
const generations = ({ desired, inForce }: Store): unknown => ({
  wanted: Object.fromEntries(Object.entries(desired.rules).map(([id, each]) => [id, each.generation])),
  removed: desired.removed,
  inForce: Object.fromEntries(Object.entries(inForce).map(([id, each]) => [id, each.generation])),
});
const all = {
  wanted: { [idOf(80)]: 8, [idOf(83)]: 6 },
  removed: { [idOf(82)]: 4, [idOf(81)]: 7 },
  inForce: { [idOf(80)]: 8, [idOf(83)]: 6 },
};

it('takes over rules, generations, server ids, last good versions and settings, once', async () => {
  const store = await take();
  expect(generations(store)).toEqual(all);
  expect(store.desired.rules[idOf(80)]!.rule).toEqual(rule({ port: 80, algorithm: 'leastconn' }));
  expect(store.serverIds).toEqual({
    next: 10,
    ids: { [idOf(80)]: { vm1: 1, vm2: 2, vm3: 7 }, [idOf(83)]: { vm1: 8, vm2: 9 } },
  });
  expect(store.settings!.timeouts.clientMs).toBe(40_000);
  expect(await host.files.list('/limpet')).toEqual([]);
  expect(await take()).toEqual(store);
  // A file that comes back from a backup is old.
  await host.files.write(paths.formerState, '{}');
  expect(await take()).toEqual(store);
  expect(await host.files.list('/limpet')).toEqual([]);
});

it('shows it to those who only look, and changes nothing', async () => {
  const store = await readStoredState(host, paths);
  expect(generations(store!)).toEqual(all);
  expect(host.stateStore.rows(paths.state)).toBeUndefined();
  expect(await host.files.list('/limpet')).toEqual(['state.json', 'state.json.journal']);
});

it('takes it over again after a crash at any moment', async () => {
  const whole = await readStoredState(host, paths);
  for (let calls = 1; calls <= 7; calls++) {
    host = createMemoryDataPlane({ localAddresses: [] });
    await host.files.write(paths.formerState, snapshot);
    await host.files.write(journalPath, journal);
    const injector = new CrashInjector();
    const crashed = injector.crashAfter(calls);
    void new StoredState(injector.guard(host), paths).open();
    await crashed;
    expect(await take()).toEqual(whole);
    expect(await host.files.list('/limpet')).toEqual([]);
  }
});

it('leaves the files where they are when the store cannot be made', async () => {
  host.stateStore.commit = async () => {
    throw new Error('ENOSPC');
  };
  await expect(take()).rejects.toThrow('ENOSPC');
  expect(await host.files.read(paths.formerState)).toBe(snapshot);
  expect(await host.files.read(journalPath)).toBe(journal);
});

it('loses a line that a crash had cut off, and nothing else', async () => {
  const before = journal.split('\n').slice(0, -2).join('\n').length + 1;
  for (const length of [before, before + 1, journal.length - 1]) {
    await host.files.write(journalPath, journal.slice(0, length));
    expect(generations((await readStoredState(host, paths))!)).toEqual({
      ...all,
      inForce: { ...all.inForce, [idOf(80)]: 5 },
    });
  }
});

it('does not read a journal of another snapshot', async () => {
  await host.files.write(journalPath, journal.replace(/^3\n/, '2\n'));
  expect(generations((await readStoredState(host, paths))!)).toMatchObject({
    wanted: { [idOf(80)]: 5, [idOf(81)]: 2 },
  });
});

it('says what to do about files that are not JSON any more', async () => {
  await host.files.write(paths.formerState, '{');
  await expect(take()).rejects.toMatchObject({
    code: 'ROUTER_STATE_UNREADABLE',
    message: expect.stringMatching(/state\.json or its journal is not JSON any more; restore them, or remove both/),
  });
});

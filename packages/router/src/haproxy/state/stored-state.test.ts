import type { StateChange } from '@limpet/data-plane';
import { MemoryFiles, MemoryStateStore } from '@limpet/data-plane/memory';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { putRule, removeRule } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import { routerPaths } from '../config/paths.ts';
import type { Store } from './store.ts';
import { readStoredState, StoredState } from './stored-state.ts';

const paths = routerPaths('/limpet');
const idOf = (port: number): string => ruleId(rule({ port }));

let ports: { files: MemoryFiles; stateStore: MemoryStateStore };
let commits: (readonly StateChange[])[];
beforeEach(() => {
  const stateStore = new MemoryStateStore();
  const commit = stateStore.commit.bind(stateStore);
  commits = [];
  stateStore.commit = (path, changes) => {
    commits.push(changes);
    return commit(path, changes);
  };
  ports = { files: new MemoryFiles(), stateStore };
});

const open = async (): Promise<{ stored: StoredState; store: Store }> => {
  const stored = new StoredState(ports, paths);
  return { stored, store: await stored.open() };
};
const put = async (stored: StoredState, store: Store, port: number): Promise<void> => {
  putRule(store.desired, { rule: rule({ port }), generation: Object.keys(store.desired.rules).length + 1 });
  await stored.save(store, [idOf(port)]);
};

describe('the stored state', () => {
  it('costs what changes, not what is there', async () => {
    const { stored, store } = await open();
    for (let port = 100; port < 150; port++) await put(stored, store, port);
    commits = [];
    await put(stored, store, 99);
    expect(commits.map((changes) => changes.map(({ kind, key }) => `${kind} ${key}`))).toEqual([[`rules ${idOf(99)}`]]);
  });

  it('writes nothing when nothing has changed', async () => {
    const { stored, store } = await open();
    await put(stored, store, 80);
    const again = await open();
    commits = [];
    await stored.save(store, Object.keys(store.desired.rules));
    await again.stored.save(again.store, Object.keys(store.desired.rules));
    expect(commits).toEqual([]);
  });

  it('writes what could not be stored with the next change', async () => {
    const { stored, store } = await open();
    await put(stored, store, 80);
    const { commit } = ports.stateStore;
    ports.stateStore.commit = async () => {
      throw new Error('ENOSPC');
    };
    await expect(put(stored, store, 81)).rejects.toThrow('ENOSPC');
    ports.stateStore.commit = commit;
    await stored.save(store, [idOf(81), idOf(82)]);
    expect((await open()).store).toEqual(store);
  });

  it('says what to do about a store that is damaged', async () => {
    ports.stateStore.load = async () => {
      throw Object.assign(new Error('/limpet/state.db is damaged'), { code: 'STATE_UNREADABLE' });
    };
    const refused = { name: 'RouterError', code: 'ROUTER_STATE_UNREADABLE', message: '/limpet/state.db is damaged' };
    await expect(open()).rejects.toMatchObject(refused);
    await expect(readStoredState(ports, paths)).rejects.toMatchObject(refused);
  });

  it('comes back as it was saved, whatever was done to it', async () => {
    const steps = fc.array(
      fc.record({ port: fc.integer({ min: 80, max: 85 }), add: fc.boolean(), reopen: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        ports = { files: new MemoryFiles(), stateStore: new MemoryStateStore() };
        let { stored, store } = await open();
        for (const [at, { port, add, reopen }] of all.entries()) {
          if (add) putRule(store.desired, { rule: rule({ port }), generation: at + 1 });
          else removeRule(store.desired, { key: rule({ port }), generation: at + 1 });
          store.serverIds = { next: at, ids: { ...store.serverIds.ids, [idOf(port)]: { vm1: at } } };
          await stored.save(store, [idOf(port)]);
          expect((await open()).store).toEqual(store);
          expect(await readStoredState(ports, paths)).toEqual(store);
          if (reopen) ({ stored, store } = await open());
        }
      }),
    );
  });
});

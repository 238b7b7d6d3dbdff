import { MemoryFiles } from '@limpet/data-plane/memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { putRule, removeRule } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import { StateFile, type Store } from './state-file.ts';

const path = '/limpet/state.json';
const journal = `${path}.journal`;

/** A store in which these ports are wanted, each at a generation of its own, saved after every change. */
const grown = async (files: MemoryFiles, ports: readonly number[]): Promise<{ file: StateFile; store: Store }> => {
  const file = new StateFile(files, path);
  const store = await file.load();
  for (const port of ports) await put(file, store, port);
  return { file, store };
};
const put = async (file: StateFile, store: Store, port: number): Promise<void> => {
  putRule(store.desired, { rule: rule({ port }), generation: Object.keys(store.desired.rules).length + 1 });
  await file.save(store, [ruleId(rule({ port }))]);
};
const loaded = (files: MemoryFiles): Promise<Store> => new StateFile(files, path).load();

describe('the store', () => {
  it('costs what changes, not what is there', async () => {
    const files = new MemoryFiles();
    const { file, store } = await grown(
      files,
      Array.from({ length: 50 }, (_, i) => 100 + i),
    );
    const [snapshot, before] = [files.get(path), files.get(journal)!];
    await put(file, store, 99);
    expect(files.get(path)).toBe(snapshot);
    expect(files.get(journal)!.slice(before.length).split('\n')).toHaveLength(2);
  });

  it('writes nothing when nothing has changed', async () => {
    const files = new MemoryFiles();
    const { file, store } = await grown(files, [80, 81]);
    const before = files.get(journal);
    await file.save(store, Object.keys(store.desired.rules));
    expect(files.get(journal)).toBe(before);
  });

  it('loses a line that a crash has cut off, and nothing else', async () => {
    const files = new MemoryFiles();
    const { file, store } = await grown(files, [80, 81]);
    const before = structuredClone(store);
    const whole = files.get(journal)!;
    await put(file, store, 82);
    const lines = files.get(journal)!;
    for (let length = whole.length; length < lines.length; length++) {
      await files.write(journal, lines.slice(0, length));
      expect(await loaded(files)).toEqual(before);
    }
    await files.write(journal, lines);
    expect(await loaded(files)).toEqual(store);
  });

  it('does not read a journal that belongs to an older snapshot', async () => {
    const files = new MemoryFiles();
    const { store } = await grown(files, [80, 81]);
    const old = files.get(journal)!;
    const next = new StateFile(files, path);
    await next.load();
    removeRule(store.desired, { key: rule({ port: 81 }), generation: 9 });
    await next.save(store, [ruleId(rule({ port: 81 }))]); // a snapshot
    await files.write(journal, old);
    expect(await loaded(files)).toEqual(store);
  });

  it('does not read a journal whose snapshot was taken away', async () => {
    const files = new MemoryFiles();
    await grown(files, [80, 81]);
    const old = files.get(journal)!;
    const alone = new MemoryFiles();
    await alone.write(journal, old);
    const { store } = await grown(alone, [90]);
    await alone.write(journal, old);
    expect(await loaded(alone)).toEqual(store);
  });

  it('adds nothing to a line that a full disk has cut off', async () => {
    const files = new MemoryFiles();
    const { file, store } = await grown(files, [80, 81]);
    const { append } = files;
    files.append = async (at, text) => {
      await append.call(files, at, text.slice(0, 20));
      throw new Error('ENOSPC');
    };
    await expect(put(file, store, 82)).rejects.toThrow('ENOSPC');
    files.append = append;
    await put(file, store, 83);
    expect(await loaded(files)).toEqual(store);
  });

  it('says what to do about files that are not JSON any more', async () => {
    const files = new MemoryFiles();
    await files.write(path, '{');
    await expect(loaded(files)).rejects.toMatchObject({ code: 'ROUTER_STATE_UNREADABLE' });
  });

  it('comes back as it was saved, whatever was done to it', async () => {
    const steps = fc.array(
      fc.record({ port: fc.integer({ min: 80, max: 85 }), add: fc.boolean(), reopen: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const files = new MemoryFiles();
        let file = new StateFile(files, path);
        let store = await file.load();
        for (const [at, { port, add, reopen }] of all.entries()) {
          if (add) putRule(store.desired, { rule: rule({ port }), generation: at + 1 });
          else removeRule(store.desired, { key: rule({ port }), generation: at + 1 });
          const id = ruleId(rule({ port }));
          store.serverIds = { next: at, ids: { ...store.serverIds.ids, [id]: { vm1: at } } };
          await file.save(store, [id]);
          expect(await loaded(files)).toEqual(store);
          if (!reopen) continue;
          file = new StateFile(files, path);
          store = await file.load();
        }
      }),
    );
  });
});

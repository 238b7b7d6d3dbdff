import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryStateStore } from '../../memory/state-store.ts';
import type { StateRow } from '../../ports.ts';
import { StateDatabase } from './state-database.ts';
import { sqliteStateStore as store } from './state-store.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'limpet-state-'));
  path = join(dir, 'folder', 'state.db');
});
afterEach(async () => {
  await store.close(path);
  await rm(dir, { recursive: true });
});

const row = (key: number | string, value: unknown = key, kind = 'rules') => ({
  kind,
  key: String(key),
  value: JSON.stringify(value),
});
const range = (length: number): number[] => Array.from({ length }, (_, at) => at);
const sorted = (rows: StateRow[] | undefined) =>
  rows && [...rows].sort((a, b) => (a.kind + a.key < b.kind + b.key ? -1 : 1));
const logBytes = async (): Promise<number> => (await stat(`${path}-wal`)).size;

it('is what it was told, for another process too, and after it was closed', async () => {
  expect(await store.load(path, ['rules'], 'write')).toBeUndefined();
  await store.commit(path, [row(1), row(2), row('haproxy', { maxConnections: 5 }, 'settings')]);
  await store.commit(path, [row(1, 'changed'), { kind: 'rules', key: '2' }, row(3)]);
  const rules = [row(1, 'changed'), row(3)];
  expect(await store.load(path, ['rules'], 'read')).toEqual(rules);
  expect(await new StateDatabase(path).load(['rules'], 'read')).toEqual(rules);
  await store.close(path);
  expect(await readdir(join(dir, 'folder'))).toEqual(['state.db']);
  expect(await store.load(path, ['settings', 'rules'], 'write')).toEqual([
    row(1, 'changed'),
    row('haproxy', { maxConnections: 5 }, 'settings'),
    row(3),
  ]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('can be read when the disk is full after the first commit: the index of its log is made while there is room', async () => {
  await store.commit(path, [row(1)]);
  expect((await stat(`${path}-shm`)).size).toBeGreaterThanOrEqual(32_768);
});

it('keeps the order of changes that wait together, and stores them in one transaction', async () => {
  await store.commit(path, [row(0)]);
  await Promise.all(range(32).map((at) => store.commit(path, [row(0, at), row(at + 1)])));
  const together = await logBytes();
  for (const at of range(32)) await store.commit(path, [row(0, at), row(at + 1)]);
  const alone = (await logBytes()) - together;
  expect(together * 4).toBeLessThan(alone);
  expect((await store.load(path, ['rules'], 'read'))!.slice(0, 2)).toEqual([row(0, 31), row(1)]);
});

it('acknowledges a change when it is in the database, and not before', async () => {
  await store.load(path, [], 'write');
  for (const at of range(5)) {
    await store.commit(path, [row(at)]);
    const other = new StateDatabase(path);
    expect(await other.load(['rules'], 'read')).toEqual(range(at + 1).map((each) => row(each)));
    await other.close();
  }
});

it('writes as much for a change of one rule with 2,000 rules as with 10', async () => {
  const rule = (at: number, text: string): unknown => ({ text: text.repeat(500), at });
  const touched = (at: number, text: string) =>
    ['rules', 'ids', 'inForce'].map((kind) => row(at, rule(at, text), kind));
  const costs: number[] = [];
  for (const count of [10, 2_000]) {
    await store.commit(
      path,
      range(count).flatMap((at) => touched(at, 'a')),
    );
    await store.commit(path, [row(0, 'the log is not empty')]);
    const before = await logBytes();
    await store.commit(path, touched(count / 2, 'b'));
    costs.push((await logBytes()) - before);
  }
  // A page for each of the rows, and the digest's; a frame is a page and its header.
  for (const cost of costs) expect(cost).toBeLessThanOrEqual(4 * (4096 + 24));
});

it('keeps its log and its file short, however often it changes', async () => {
  await store.commit(path, [row(0)]);
  const lengths: number[] = [];
  for (const round of range(40)) {
    await Promise.all(range(60).map((at) => store.commit(path, [row(at, 'x'.repeat(2_000)), row(at - 1)])));
    if (round % 2 === 1) for (const at of range(60)) await store.commit(path, [{ kind: 'rules', key: String(at) }]);
    lengths.push((await logBytes()) + (await stat(path)).size);
  }
  expect(Math.max(...lengths)).toBeLessThan(12_000_000);
});

it('knows that another process has written meanwhile, writes nothing, and looks again', async () => {
  const [one, other] = [new StateDatabase(path), new StateDatabase(path)];
  await one.commit([row(1)]);
  await other.commit([row(2)]);
  await expect(one.commit([row(2, 'overwritten')])).rejects.toMatchObject({
    code: 'STATE_NOT_STORED',
    message: `${path} is unchanged: EBUSY: another process writes to it; end that process`,
  });
  expect(await other.load(['rules'], 'read')).toEqual([row(1), row(2)]);
  await one.commit([row(3)]);
  expect(await one.load(['rules'], 'read')).toEqual([row(1), row(2), row(3)]);
  await Promise.all([one.close(), other.close()]);
});

/** What becomes of the files that a store is in while it is in use, and what is said of it. */
const takenAway: [string, () => Promise<unknown>, RegExp][] = [
  ['without its database', () => rm(path), /state\.db was taken away while it was in use; put it back, or restart/],
  [
    'without any of its files',
    () => Promise.all(['', '-wal', '-shm'].map((suffix) => rm(path + suffix, { force: true }))),
    /state\.db was taken away/,
  ],
  ['without its folder', () => rm(dirname(path), { recursive: true }), /state\.db was taken away/],
  [
    'replaced by a copy',
    async () => {
      await copyFile(path, `${path}.copy`);
      await rename(`${path}.copy`, path);
    },
    /state\.db was replaced by another file while it was in use/,
  ],
];

it.each(takenAway.flatMap(([what, take, said]) => [1, 2].map((commits) => ({ what, take, said, commits }))))(
  'acknowledges nothing when it is $what, after $commits commits',
  async ({ take, said, commits }) => {
    for (const at of range(commits)) await store.commit(path, [row(at)]);
    await take();
    for (const _ of range(2)) {
      await expect(store.commit(path, [row('lost')])).rejects.toMatchObject({
        code: 'STATE_UNREADABLE',
        message: expect.stringMatching(said),
      });
    }
  },
);

it('acknowledges nothing when its log is taken away, which it has from its second commit on', async () => {
  for (const at of range(2)) await store.commit(path, [row(at)]);
  await rm(`${path}-wal`);
  await expect(store.commit(path, [row('lost')])).rejects.toMatchObject({
    code: 'STATE_UNREADABLE',
    message: expect.stringMatching(/state\.db-wal was taken away while it was in use/),
  });
});

it('makes no new store in the place of one that was taken away, and goes on when it is put back', async () => {
  await store.commit(path, [row(1)]);
  await rename(path, `${path}.away`);
  await expect(store.commit(path, [row(2)])).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  await rename(`${path}.away`, path);
  await store.commit(path, [row(3)]);
  expect(await store.load(path, ['rules'], 'write')).toEqual([row(1), row(3)]);
  await rm(path);
  await store.close(path);
  expect(await store.load(path, ['rules'], 'write')).toBeUndefined();
});

it('is made whole or not at all: what a crash has left of it, or of another, is not taken for it', async () => {
  await store.commit(path, [row(1)]);
  const beside = `${path}-wal`;
  await store.commit(path, [row('of another')]);
  await store.close(path);
  await rm(path);
  await writeFile(beside, 'left over');
  await writeFile(`${path}.new`, 'half-made');
  expect(await store.load(path, ['rules'], 'write')).toBeUndefined();
  await store.commit(path, [row(2)]);
  expect(await store.load(path, ['rules'], 'read')).toEqual([row(2)]);
});

it('says why it cannot be made, and is made later', async () => {
  await writeFile(join(dir, 'folder'), 'in the way');
  await expect(store.commit(path, [row(1)])).rejects.toMatchObject({ code: 'STATE_NOT_STORED' });
  await rm(join(dir, 'folder'));
  await store.commit(path, [row(1)]);
  expect(await store.load(path, ['rules'], 'read')).toEqual([row(1)]);
});

it('has every change after SIGKILL that was acknowledged, and no half of another', { timeout: 60_000 }, async () => {
  let last = 0;
  for (const kills of [1, 20, 50]) {
    const program = new URL('../../../testing/killed-writer.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, path, String(last + 1)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      if (acknowledged === last + kills) child.kill('SIGKILL');
    }
    const rows = (await store.load(path, ['last', 'all'], 'read'))!;
    last = Number(rows.find(({ kind }) => kind === 'last')!.value);
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    const all = rows.filter(({ kind }) => kind === 'all').map(({ key }) => Number(key));
    expect(all).toEqual(range(last).map((at) => at + 1));
  }
});

it('holds what a map holds, whatever is done to it', { timeout: 60_000 }, async () => {
  const change = fc.record({
    kind: fc.constantFrom('a', 'b'),
    key: fc.constantFrom('1', '2'),
    value: fc.option(fc.json(), { nil: undefined }),
  });
  const step = fc.oneof(
    fc.record({ do: fc.constant('commit' as const), changes: fc.array(change, { maxLength: 4 }), wait: fc.boolean() }),
    fc.record({ do: fc.constantFrom('close' as const, 'look' as const) }),
  );
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const at = join(dir, `${++runs}.db`);
      const model = new MemoryStateStore();
      const open: Promise<void>[] = [];
      for (const each of steps) {
        if (each.do === 'close') await store.close(at);
        if (each.do === 'look')
          expect(sorted(await store.load(at, ['a', 'b'], 'write'))).toEqual(sorted(await model.load(at, ['a', 'b'])));
        if (each.do === 'commit') {
          await model.commit(at, each.changes);
          open.push(store.commit(at, each.changes));
          if (each.wait) await Promise.all(open);
        }
      }
      await Promise.all(open);
      await store.close(at);
      expect(sorted(await store.load(at, ['a', 'b'], 'read'))).toEqual(sorted(await model.load(at, ['a', 'b'])));
    }),
    { numRuns: 15 },
  );
});

import { copyFile, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onDatabase } from '../../../testing/raw-database.ts';
import { writeError } from './errors.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { SqliteError } from './sqlite-connection.ts';
import { sqliteStateStore as store } from './state-store.ts';

const pageBytes = 4096;
const idOf = (at: number): string => `203.0.113.1:${1000 + at}`;
const row = (at: number, text: string) => ({ kind: 'rules', key: idOf(at), value: JSON.stringify(text.repeat(20)) });
const rows = Array.from({ length: 100 }, (_, at) => row(at, `of rule ${at}; `));

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'limpet-damage-'));
  path = join(dir, 'state.db');
  await store.commit(path, rows);
  await store.close(path);
});
afterEach(async () => {
  await store.close(path);
  await rm(dir, { recursive: true });
});

const overwrite = async (at: number, bytes: Buffer): Promise<void> => {
  const handle = await open(path, 'r+');
  await handle.write(bytes, 0, bytes.length, at);
  await handle.close();
};
/** Where this text is, as the last of several. */
const find = async (text: string): Promise<number> => (await readFile(path)).lastIndexOf(text);
const pageOf = async (text: string): Promise<number> => (await find(text)) - ((await find(text)) % pageBytes);
const sql = (statement: string, ...values: string[]) => onDatabase(path, [{ sql: statement, runs: [values] }]);
const isBad = (why: string): RegExp =>
  new RegExp(`is damaged: ${why}.*; restore \\S+state\\.db from a backup, or remove`);

it.each<[string, () => Promise<unknown>, RegExp]>([
  ['empty', () => truncate(path, 0), isBad('it is empty, or no store of Limpet')],
  ['cut to a half', async () => truncate(path, (await stat(path)).size / 2), isBad('')],
  ['cut by a page', async () => truncate(path, (await stat(path)).size - pageBytes), isBad('')],
  ['other text', () => writeFile(path, 'other text '.repeat(1000)), isBad('file is not a database')],
  [
    'a database of others',
    async () => {
      await rm(path);
      await writeFile(path, '');
      await sql('CREATE TABLE state (kind, key, value, hash)');
    },
    isBad('it is empty, or no store of Limpet'),
  ],
  [
    'with ten bytes changed within a value',
    async () => overwrite(await find('rule 42; '), Buffer.from('role 44; o')),
    isBad(`the row rules ${idOf(42).replaceAll('.', '\\.')} is not as it was stored`),
  ],
  [
    'with a value that is no text any more',
    async () => overwrite(await find('rule 42; '), Buffer.alloc(10, 0xff)),
    isBad(`the row rules ${idOf(42).replaceAll('.', '\\.')} is not as it was stored`),
  ],
  ['with a page of zeroes', async () => overwrite(await pageOf('rule 42; '), Buffer.alloc(pageBytes)), isBad('')],
  [
    'with half a page of another',
    async () => {
      const page = await pageOf('rule 42; ');
      const other = await pageOf('rule 80; ');
      await overwrite(page, (await readFile(path)).subarray(other, other + pageBytes / 2));
    },
    isBad(''),
  ],
  [
    'without one of its rows',
    () => sql('DELETE FROM state WHERE key = ?', idOf(42)),
    isBad('rows are missing, or are of an older time'),
  ],
  [
    'with a page of an older time',
    async () => {
      const old = await readFile(path);
      const page = await pageOf('rule 42; ');
      await store.commit(path, [row(42, 'of rule 99; ')]);
      await store.close(path);
      await overwrite(page, old.subarray(page, page + pageBytes));
    },
    isBad('rows are missing, or are of an older time'),
  ],
  ['without its digest', () => sql('DELETE FROM digest'), isBad('rows are missing, or are of an older time')],
  [
    'of a newer version',
    () => sql(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`),
    /was written by a newer Limpet \(version 2 of its form; this one knows 1\); start the newer one/,
  ],
])('does not open a file that is %s, says what to do, and writes nothing', async (_, damage, message) => {
  await damage();
  const before = await readFile(path);
  // Also where other rows are asked for than the one that is damaged.
  const refused = { code: 'STATE_UNREADABLE', message: expect.stringMatching(message) };
  await expect(store.load(path, ['rules'], 'read')).rejects.toMatchObject(refused);
  await expect(store.load(path, ['other'], 'write')).rejects.toMatchObject(refused);
  await expect(store.commit(path, [row(1, 'new')])).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  await store.close(path);
  expect((await readFile(path)).equals(before)).toBe(true);
});

it('is well again when it is restored, in the same process', async () => {
  const good = await readFile(path);
  await overwrite(await find('rule 42; '), Buffer.from('role 44; o'));
  await expect(store.load(path, ['rules'], 'write')).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  await writeFile(path, good);
  expect(await store.load(path, ['rules'], 'write')).toEqual(rows);
  await store.commit(path, [row(100, 'new')]);
});

it('loses what a loss of power has cut off its log, and nothing that was stored before', async () => {
  await store.commit(path, [row(1, 'first')]);
  const first = (await stat(`${path}-wal`)).size;
  await store.commit(path, [row(1, 'second'), row(2, 'second')]);
  const whole = (await stat(`${path}-wal`)).size;
  const torn = join(dir, 'torn.db');
  for (const length of [first, first + 1, first + 24, first + pageBytes, whole - 1, whole]) {
    await copyFile(path, torn);
    await copyFile(`${path}-wal`, `${torn}-wal`);
    await truncate(`${torn}-wal`, length);
    const expected = length === whole ? [row(1, 'second'), row(2, 'second')] : [row(1, 'first'), rows[2]];
    const loaded = await store.load(torn, ['rules'], 'write');
    expect(loaded!.slice(1, 3)).toEqual(expected);
    await store.commit(torn, [row(3, 'third')]);
    await store.close(torn);
    expect((await store.load(torn, ['rules'], 'read'))![3]).toEqual(row(3, 'third'));
  }
});

it.each([
  [8, 'EROFS: it is read-only; make the disk writable'],
  [1032, 'EROFS: it is read-only; make the disk writable'],
  [13, 'ENOSPC: the disk is full; make room on it'],
  [778, 'EIO: the disk has failed; see what the kernel says of it'],
  [-1, 'the thread has ended'],
])('names what a write has met, and that nothing has changed: %i', (code, why) => {
  expect(writeError('/limpet/state.db', new SqliteError('the thread has ended', code))).toMatchObject({
    code: 'STATE_NOT_STORED',
    message: `/limpet/state.db is unchanged: ${why}`,
  });
});

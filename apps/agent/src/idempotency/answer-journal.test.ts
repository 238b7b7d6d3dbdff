import { readFile } from 'node:fs/promises';
import { createMemoryDataPlane, type MemoryDataPlane } from '@limpet/data-plane';
import { beforeEach, expect, it } from 'vitest';
import { AnswerJournal } from './answer-journal.ts';
import { openJournal } from './open-journal.ts';

const path = '/limpet/state.db';
const formerPath = '/limpet/answers.jsonl';
const answer = (body = 'done') => ({ status: 200, headers: [['etag', '"1"'] as const], body });
const hour = 3_600_000;

let host: MemoryDataPlane;
let now: number;
const open = () => AnswerJournal.open(host.stateStore, path, () => now);
const keys = (): string[] => (host.stateStore.rows(path) ?? []).map(({ key }) => key);
beforeEach(() => {
  host = createMemoryDataPlane({ localAddresses: [] });
  now = 100 * hour;
});

it('knows after a restart what had begun and what was answered', async () => {
  const journal = await open();
  await journal.begin('a', 'of a');
  await journal.answer('a', answer());
  await journal.begin('b', 'of b');
  const next = await open();
  expect(next.find('a')).toMatchObject({ fingerprint: 'of a', answer: answer() });
  expect(next.find('b')).toMatchObject({ fingerprint: 'of b' });
  expect(next.find('b')!.answer).toBeUndefined();
});

it('goes on after a disk that was full, with nothing of what it could not store', async () => {
  const journal = await open();
  await journal.begin('a', 'of a');
  const { commit } = host.stateStore;
  host.stateStore.commit = async () => {
    throw new Error('ENOSPC');
  };
  await expect(journal.begin('b', 'of b')).rejects.toThrow('ENOSPC');
  expect(journal.find('b')).toBeUndefined();
  host.stateStore.commit = commit;
  await journal.answer('a', answer());
  const next = await open();
  expect([next.find('a')!.answer, next.find('b')]).toEqual([answer(), undefined]);
});

it('forgets what is older than a day, and the oldest of many or of large ones, also in the store', async () => {
  const journal = await open();
  await journal.begin('old', 'of old');
  now += 24 * hour + 1;
  expect(journal.find('old')).toBeUndefined();
  for (let at = 0; at < 1_100; at++) await journal.begin(`k${at}`, '');
  expect([journal.find('k99'), journal.find('k100')]).toEqual([undefined, expect.anything()]);
  expect(keys().sort()).toEqual(Array.from({ length: 1_000 }, (_, at) => `k${at + 100}`).sort());
  for (const key of ['k1097', 'k1098', 'k1099']) await journal.answer(key, answer('x'.repeat(5_000_000)));
  expect(['k1098', 'k1099'].map((key) => journal.find(key) !== undefined)).toEqual([false, true]);
  await journal.begin('next', '');
  expect(keys().sort()).toEqual(['k1099', 'next']);
});

it('forgets the oldest first after a restart, although the clock was set back', async () => {
  const journal = await open();
  await journal.begin('first', '');
  now -= hour;
  for (let at = 0; at < 999; at++) await journal.begin(`k${at}`, '');
  const next = await open();
  await next.begin('last', '');
  expect([next.find('first'), next.find('k0')]).toEqual([undefined, expect.objectContaining({ key: 'k0' })]);
});

it('is as long as there are requests, however often they are answered', async () => {
  const journal = await open();
  for (let at = 0; at < 100; at++) {
    await journal.begin('same', '');
    await journal.answer('same', answer());
  }
  expect(keys()).toEqual(['same']);
});

it('takes over the journal of a former version, once, and again after a crash', async () => {
  // Written by the last version that had a file: two requests that were answered, and one that had begun.
  const former = await readFile(new URL('../../testdata/answers.jsonl', import.meta.url), 'utf8');
  now = 1_790_000_000_000;
  const clock = { ...host.clock, now: () => now };
  const takeOver = () => openJournal({ dataPlane: { ...host, clock }, dir: '/limpet' });
  const isWhole = (journal: AnswerJournal): void => {
    expect(journal.find('key-1')!.answer).toEqual({ status: 200, headers: [['etag', '"5"']], body: '{"ok":true}' });
    expect(journal.find('key-2')).not.toHaveProperty('answer');
    expect(journal.find('key-2')!.fingerprint).toBe('fingerprint of 2');
    expect(journal.find('key-3')!.answer!.status).toBe(204);
  };
  await host.files.write(formerPath, `${former}{"key":"key-2","fingerp`);
  const { remove } = host.files;
  host.files.remove = async () => {
    throw new Error('killed');
  };
  await expect(takeOver()).rejects.toThrow('killed');
  host.files.remove = remove;
  isWhole(await takeOver());
  expect(await host.files.read(formerPath)).toBeUndefined();
  isWhole(await open());
});

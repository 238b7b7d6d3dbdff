import { createMemoryDataPlane } from '@limpet/data-plane';
import { beforeEach, expect, it } from 'vitest';
import { AnswerJournal } from './answer-journal.ts';

const path = '/limpet/answers.jsonl';
const answer = (body = 'done') => ({ status: 200, headers: [['etag', '"1"'] as const], body });
const hour = 3_600_000;

let files: ReturnType<typeof createMemoryDataPlane>['files'];
let now: number;
const open = () => AnswerJournal.open(files, path, () => now);
beforeEach(() => {
  ({ files } = createMemoryDataPlane({ localAddresses: [] }));
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

it('takes a line that was cut off anywhere as not written, and adds nothing to it', async () => {
  const journal = await open();
  await journal.begin('a', 'of a');
  const before = (await files.read(path))!;
  await journal.answer('a', answer());
  const whole = (await files.read(path))!;
  for (let length = before.length; length < whole.length - 1; length++) {
    await files.write(path, whole.slice(0, length));
    const next = await open();
    expect(next.find('a')).toMatchObject({ fingerprint: 'of a' });
    expect(next.find('a')!.answer).toBeUndefined();
    await next.begin('b', 'of b');
    expect((await open()).find('b')).toMatchObject({ fingerprint: 'of b' });
  }
});

it('goes on after a disk that was full, with nothing of what it could not write', async () => {
  const journal = await open();
  await journal.begin('a', 'of a');
  const { append } = files;
  files.append = async (at, text) => {
    await append.call(files, at, text.slice(0, 20));
    throw new Error('ENOSPC');
  };
  await expect(journal.begin('b', 'of b')).rejects.toThrow('ENOSPC');
  expect(journal.find('b')).toBeUndefined();
  files.append = append;
  await journal.answer('a', answer());
  expect((await open()).find('a')!.answer).toEqual(answer());
});

it('forgets what is older than a day, and the oldest of many or of large ones', async () => {
  const journal = await open();
  await journal.begin('old', 'of old');
  now += 24 * hour + 1;
  expect(journal.find('old')).toBeUndefined();
  for (let at = 0; at < 1_100; at++) await journal.begin(`k${at}`, '');
  expect([journal.find('k99'), journal.find('k100')]).toEqual([undefined, expect.anything()]);
  for (const key of ['k1097', 'k1098', 'k1099']) await journal.answer(key, answer('x'.repeat(5_000_000)));
  expect(['k1098', 'k1099'].map((key) => journal.find(key) !== undefined)).toEqual([false, true]);
});

it('keeps its file short', async () => {
  const journal = await open();
  for (let at = 0; at < 3_000; at++) {
    await journal.begin('same', '');
    await journal.answer('same', answer());
  }
  expect((await files.read(path))!.split('\n').length).toBeLessThan(1_100);
});

import { beforeEach, expect, it } from 'vitest';
import { EventLog } from '../observe/event-log.ts';
import { EventPages } from './event-pages.ts';

let log: EventLog;
let pages: EventPages;
let before: number;
beforeEach(() => {
  log = new EventLog(() => 7);
  pages = new EventPages(log);
  before = log.last;
});

const add = (count: number): void => {
  for (let at = 0; at < count; at++) log.add({ type: 'input-refused', message: `no ${at}` });
};
const textOf = ({ bytes }: { bytes: Uint8Array }): string => new TextDecoder().decode(bytes);
const idsIn = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

it('has what a reader lacks, as server-sent events', () => {
  add(2);
  expect(textOf(pages.after(before + 1))).toBe(
    `event: input-refused\ndata: {"time":"1970-01-01T00:00:00.007Z","message":"no 1"}\nid: ${before + 2}\n\n`,
  );
});

it('makes the bytes of the newest events once, for all readers at one place', () => {
  add(3);
  const first = pages.after(before);
  expect(pages.after(before)).toBe(first);
  expect(idsIn(textOf(pages.after(before + 1)))).toEqual([before + 2, before + 3]);
  add(1);
  expect(pages.after(before).last).toBe(before + 4);
});

it('gives a reader that is far behind a page at a time, and says what it lost', () => {
  add(2_500);
  const lost = pages.after(before);
  expect(textOf(lost)).toMatch(new RegExp(`^event: lost\ndata: {"after":${before}}\n\nevent: input-refused\n`));
  expect(idsIn(textOf(lost))).toEqual(Array.from({ length: 256 }, (_, at) => before + 501 + at));
  expect(lost.last).toBe(before + 756);
  const next = textOf(pages.after(lost.last));
  expect([next.includes('event: lost'), idsIn(next)[0]]).toEqual([false, before + 757]);
});

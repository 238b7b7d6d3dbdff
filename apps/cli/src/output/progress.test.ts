import type { WriteStream } from 'node:tty';
import { expect, it } from 'vitest';
import { createProgress } from './progress.ts';

it('gives a log a line every five seconds, and what is announced at once', () => {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) } as unknown as WriteStream;
  let now = 0;
  const progress = createProgress(stream, () => now);
  for (; now < 12_000; now += 1000) progress.show(`at ${now}`);
  progress.announce('a long one');
  progress.show('not yet');
  progress.clear();
  expect(written).toEqual(['at 5000\n', 'at 10000\n', 'a long one\n']);
});

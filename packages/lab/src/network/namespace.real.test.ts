import { readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Namespace } from './namespace.ts';

const numberOf = ({ pid }: Namespace): string => readlinkSync(`/proc/${pid}/ns/net`);

it('keeps its number to itself until it is closed, also when all its processes have ended', async () => {
  const namespace = await Namespace.open();
  const number = numberOf(namespace);
  process.kill(namespace.pid, 'SIGKILL');
  // Linux frees a namespace some time after its last process.
  for (let attempt = 0; attempt < 20; attempt++) {
    await sleep(10);
    const next = await Namespace.open();
    expect(numberOf(next)).not.toBe(number);
    await next.close();
  }
  await namespace.close();
});

it('ends nothing of a namespace that got its number after it was closed', async () => {
  const namespace = await Namespace.open();
  const number = numberOf(namespace);
  await namespace.close();
  const next: Namespace[] = [];
  while (!next.some((each) => numberOf(each) === number) && next.length < 50) {
    await sleep(10);
    next.push(await Namespace.open());
  }
  const before = next.map(numberOf);
  await namespace.close();
  expect(next.map(numberOf)).toEqual(before);
  for (const each of next) await each.close();
});

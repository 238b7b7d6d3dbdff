import { expect, it } from 'vitest';
import { Looks } from './looks.ts';

/** A look that ends when it is told to. */
function held() {
  const ends: (() => void)[] = [];
  const work = (): Promise<number> =>
    new Promise((resolve) => {
      const number = ends.length + 1;
      ends.push(() => resolve(number));
    });
  return { ends, work };
}
const turns = () => new Promise((resolve) => setImmediate(resolve));

it('looks once for all who ask while another look is underway, and one after the other', async () => {
  const { ends, work } = held();
  const looks = new Looks();
  const report = looks.shared(work);
  const first = report();
  await turns();
  const others = [report(), report(), report()];
  const plan = looks.look(work);
  await turns();
  expect(ends).toHaveLength(1);
  ends[0]!();
  expect(await first).toBe(1);
  await turns();
  ends[1]!();
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  await turns();
  ends[2]!();
  expect(await plan).toBe(3);
});

it('goes on after a look that failed, and refuses when too many wait', async () => {
  const { ends, work } = held();
  const looks = new Looks();
  const failing = looks.look(() => Promise.reject(new Error('HAProxy hangs')));
  const waiting = Array.from({ length: 63 }, () => looks.look(work));
  await expect(looks.look(work)).rejects.toMatchObject({ code: 'AGENT_BUSY' });
  await expect(failing).rejects.toThrow('HAProxy hangs');
  for (const [at, each] of waiting.entries()) {
    await turns();
    ends[at]!();
    expect(await each).toBe(at + 1);
  }
});

import { expect, it } from 'vitest';
import { type Bench, condition, members, openBench, turns } from '../../../testing/test-session.ts';

/** Two rules, and a client of the first who keeps an old worker alive: no other may be left behind. */
async function crowded(settings: { atMaxOldWorkers?: 'end' } = {}) {
  const bench = await openBench([{}, { port: 81 }], {
    settings: { maxOldWorkers: 1, drainDeadlineMs: 1000, ...settings },
  });
  const [held] = await bench.dataPlane.clients.hold([bench.ask('198.18.0.1')]);
  await bench.put({ port: 81, algorithm: 'leastconn' });
  expect(bench.router.stats().reloads).toBe(1);
  return { bench, held: held!.id };
}

const answers = async ({ dataPlane }: Bench, held: number): Promise<boolean> =>
  (await dataPlane.clients.askHeld([held]))[0]!.ok;

it('holds a reload back while too many old workers live, says so, and lets all other changes pass', async () => {
  const { bench, held } = await crowded();
  const { clock, clients } = bench.dataPlane;
  const waiting = bench.put({ port: 81, algorithm: 'source' });
  await turns();
  expect((await bench.put({ members: members.slice(1) })).outcome).toBe('applied');
  const { rules } = await bench.router.reportRules({ type: 'reportRules' });
  const second = rules.find(({ key }) => key.port === 81)!;
  expect(second.conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
    'Accepted True Valid',
    'Programmed False ReloadHeldBack',
    'InForce False ReloadHeldBack',
  ]);
  expect(bench.router.stats().reloads).toBe(1);

  await clients.release([held]);
  await clock.sleep(500);
  expect(condition(await waiting, 'InForce')).toBe('True Verified');
  expect(bench.router.stats().reloads).toBe(2);
});

it('tells whoever waits for too long, and goes on trying', async () => {
  const { bench, held } = await crowded();
  const { clock, clients } = bench.dataPlane;
  const waiting = bench.put({ port: 81, algorithm: 'source' });
  for (let step = 0; step < 21; step++) {
    await turns();
    await clock.sleep(500);
  }
  expect(condition(await waiting, 'Programmed')).toBe('False ReloadHeldBack');
  expect(await answers(bench, held)).toBe(true);
  await clients.release([held]);
  await clock.sleep(500);
  await turns();
  const { rules } = await bench.router.reportRules({ type: 'reportRules' });
  expect(rules.every(({ conditions }) => conditions.every(({ status }) => status === 'True'))).toBe(true);
});

it('ends the connections of the oldest worker only when it is told to', async () => {
  const { bench, held } = await crowded({ atMaxOldWorkers: 'end' });
  expect((await bench.put({ port: 81, algorithm: 'source' })).outcome).toBe('applied');
  expect(await answers(bench, held)).toBe(false);
});

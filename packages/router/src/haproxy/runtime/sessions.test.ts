import { expect, it } from 'vitest';
import { haproxyWith, openBench } from '../../../testing/test-session.ts';
import { concerns, scopeOf, WorkerSessions } from './sessions.ts';

const [web, api] = ['10_0_53_2-8080', '10_0_53_2-81'];
const settleMs = 50_000;

it('does not ask an old worker for sessions that it was seen not to hold, once it has settled', async () => {
  const { dataPlane, ask, put } = await openBench([{}, { port: 81 }]);
  await dataPlane.clients.hold([ask('198.18.0.1'), ask('198.18.0.1', 81)]);
  await put({ port: 82 }); // a reload
  const asked: string[] = [];
  const haproxy = haproxyWith(dataPlane.haproxy, {
    master(command) {
      if (command.includes('show sess')) asked.push(command);
      return dataPlane.haproxy.master(command);
    },
  });
  const workerSessions = new WorkerSessions(haproxy, dataPlane.clock, settleMs);
  const { current, old } = await workerSessions.workers();
  const look = async (proxy: string): Promise<{ asked: number; held: number }> => {
    asked.length = 0;
    const seen = await workerSessions.sessionsOf(new Set([proxy]));
    return {
      asked: asked.length,
      held: seen.flatMap(({ sessions }) => sessions.filter((each) => each.proxy === proxy)).length,
    };
  };
  expect(old).toHaveLength(1);
  expect(current).not.toBe(old[0]);
  expect([await look(web!), await look('10_0_53_2-82')]).toEqual([
    { asked: 2, held: 1 },
    { asked: 2, held: 0 }, // one in its TLS handshake may still come
  ]);
  await dataPlane.clock.sleep(settleMs - 1);
  await dataPlane.clients.askHeld([1, 2]); // time-outs begin anew
  await dataPlane.clock.sleep(1);
  expect([await look(web!), await look('10_0_53_2-82'), await look(api!)]).toEqual([
    { asked: 2, held: 1 },
    { asked: 1, held: 0 },
    { asked: 2, held: 1 },
  ]);
});

it('leaves out of a change whoever has no server yet, and is given one by the changed rule', async () => {
  const { dataPlane, ask } = await openBench();
  await dataPlane.clients.hold([ask('198.18.0.1')]);
  const [sessions] = await dataPlane.haproxy.runtime(['show sess']);
  const workers = { current: 1, old: [] };
  expect(concerns(scopeOf(workers, sessions!), web!)).toBe(true);
  expect(concerns(scopeOf(workers, sessions!.replace(/srv=\S+/g, 'srv=<none>')), web!)).toBe(false);
});

import { interceptCalls, type PinnedWorker } from '@limpet/data-plane';
import { expect, it } from 'vitest';
import { openBench } from '../../../testing/test-session.ts';
import { Counters } from './counters.ts';

/** The calls of a reading while one old worker is pinned, in order. */
const calls = [
  'whether HAProxy runs',
  'the counts of the current worker',
  'the counts of the pinned worker',
  'which old workers there are',
].map((call, at) => [call, at] as const);

it.each(calls)('count every connection once, also when a reload comes before a reading asks %s', async (_, at) => {
  const { dataPlane, router, ask } = await openBench();
  await router.detach();
  let made = 0;
  const connect = async (): Promise<void> => {
    await dataPlane.clients.ask([ask('198.18.0.1')]);
    made++;
  };
  let callsLeft = Number.POSITIVE_INFINITY;
  const beforeCall = async (): Promise<void> => {
    if (callsLeft-- !== 0) return;
    await connect();
    await counters.throughReload(() => dataPlane.haproxy.signalReload());
    await connect();
  };
  const watched = (pin: PinnedWorker): PinnedWorker => ({
    ...pin,
    run: async (commands) => {
      await beforeCall();
      return pin.run(commands);
    },
  });
  const intercepted = interceptCalls(dataPlane, async ({ method }, proceed) => {
    if (method === 'pin') return watched((await proceed()) as PinnedWorker);
    await beforeCall();
    return proceed();
  });
  const counters = await Counters.open(intercepted, '/limpet/own-counters.json', () => ['10.0.53.2:8080']);
  const connections = async (): Promise<number> => (await counters.read())[0]!.connections;

  made += (await dataPlane.clients.hold([ask('198.18.0.9')])).length;
  await counters.throughReload(() => dataPlane.haproxy.signalReload());
  await connect();
  expect(await connections()).toBe(made);
  callsLeft = at;
  expect(await connections()).toBeGreaterThan(1);
  expect(callsLeft).toBeLessThan(0);
  expect(await connections()).toBe(made);
  counters.close();
});

it('count on while the disk is full, and are stored when there is room', async () => {
  const { dataPlane, router, ask, again } = await openBench();
  const { write } = dataPlane.files;
  dataPlane.files.write = async () => {
    throw new Error('ENOSPC');
  };
  await dataPlane.clients.ask([ask('198.18.0.1'), ask('198.18.0.2')]);
  expect((await router.counters())[0]!.connections).toBe(2);
  dataPlane.files.write = write;
  expect((await router.counters())[0]!.connections).toBe(2);
  await router.detach();
  await dataPlane.haproxy.stop();
  const next = await again();
  await next.put({});
  expect((await next.router.counters())[0]!.connections).toBe(2);
});

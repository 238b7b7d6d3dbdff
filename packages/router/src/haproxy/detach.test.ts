import { expect, it } from 'vitest';
import { openBench } from '../../testing/test-session.ts';
import { inspectRouter } from './verify/inspect.ts';

it('a router that is left alone goes on serving, and has written down what is in force', async () => {
  const bench = await openBench();
  await bench.router.detach();
  expect(await bench.reached('198.18.0.1')).toHaveLength(3);
  const { verified, wanted } = await inspectRouter({ dataPlane: bench.dataPlane, dir: '/limpet' });
  expect(Object.keys(verified)).toEqual(['10.0.53.2:8080']);
  expect(verified).toEqual(wanted);
  expect(() => bench.put({ port: 81 })).toThrow('the router is closed');

  const next = await bench.again();
  await next.put({}, 1);
  expect(next.router.stats()).toMatchObject({ reloads: 0, runtimeOps: 0 });
});

import { expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { members, openBench, publicIp, turns } from '../../../testing/test-session.ts';
import { createHaproxyRouter } from '../router.ts';

/** A router on the machine of a bench, and what it has told since it was asked. */
async function watched() {
  const bench = await openBench([]);
  await bench.router.detach();
  const told: string[] = [];
  const router = await createHaproxyRouter({
    dataPlane: bench.dataPlane,
    dir: '/limpet',
    observe: ({ rule: id, step, generation }) => told.push(`${id.replace(`${publicIp}:`, '')} ${step} ${generation}`),
  });
  const put = (generation: number, change = {}) =>
    router.putRule({ type: 'putRule', rule: rule({ members, ...change }), generation });
  const remove = (generation: number, port = 8080) =>
    router.removeRule({ type: 'removeRule', key: { ip: publicIp, port }, generation });
  return { ...bench, router, put, remove, steps: () => told.splice(0) };
}

it('tells each step of a rule once, with its generation', async () => {
  const { put, remove, router, steps } = await watched();
  await put(1);
  expect(steps()).toEqual(['8080 put 1', '8080 apply 1', '8080 verify 1']);
  await put(1);
  await put(2, { algorithm: 'leastconn' });
  expect(steps()).toEqual(['8080 put-again 1', '8080 put 2', '8080 apply 2', '8080 verify 2']);
  await put(1);
  await remove(3);
  await put(2);
  expect(steps()).toEqual(['8080 put-stale 1', '8080 remove 3', '8080 gone 3', '8080 put-stale 2']);
  await router.syncRules({
    type: 'syncRules',
    snapshot: { revision: 5, rules: [{ rule: rule({ members, port: 81 }), generation: 5 }] },
  });
  await router.syncRules({ type: 'syncRules', snapshot: { revision: 6, rules: [] } });
  expect(steps()).toEqual(['81 put 5', '81 apply 5', '81 verify 5', '81 remove 6', '81 gone 6']);
});

it('tells of a version that was overtaken, of refusals, and of what HAProxy has lost', async () => {
  const { dataPlane, put, steps } = await watched();
  const first = put(1);
  await turns(30);
  await Promise.all([first, put(2, { algorithm: 'leastconn' })]);
  expect(
    steps()
      .filter((step) => !/ put /.test(step))
      .at(-1),
  ).toBe('8080 verify 2');
  expect((await put(3, { ip: publicIp, cidrs: [], protocol: 'ssl', certificate: '/nowhere.pem' })).outcome).toBe(
    'refused',
  );
  expect(steps()).toEqual(['8080 put 3', '8080 refuse 3']);
  await put(4);
  steps();
  await dataPlane.haproxy.runtime(['shutdown frontend 10_0_53_2-8080']);
  for (let period = 0; period < 3; period++) {
    await dataPlane.clock.sleep(5_000);
    await turns(20_000);
  }
  expect(steps()).toEqual(['8080 restore 4', '8080 verify 4']);
});

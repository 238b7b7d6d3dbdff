import { borrowLab } from '@limpet/lab';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRealBench, type RealBench } from '../../../testing/real-session.ts';
import { sourceBased } from '../../../testing/rules.ts';

let bench: RealBench;
const clients = Array.from({ length: 40 }, (_, index) => `198.18.0.${index + 1}`);

beforeEach(async () => {
  // On a slow machine an HTTP request may wait for its three seconds, which is more than a lab's clients wait.
  bench = await openRealBench({}, { open: (options) => borrowLab({ ...options, timeoutMs: 10_000 }) });
});
afterEach(() => bench.close());

const vmsOf = async (port?: number, protocol: 'tcp' | 'http' = 'tcp'): Promise<string[]> => {
  const answers = await bench.lab.clients.ask(clients.map((client) => ({ ...bench.ask(client, port), protocol })));
  return answers.map((answer) => (answer.ok ? answer.vm : answer.error));
};

it.each(['tcp', 'http'] as const)(
  'keeps every sticky client of a %s rule where it is, however often it comes while another rule reloads',
  async (protocol) => {
    await Promise.all([bench.put({ stickiness: sourceBased, protocol }), bench.put({ port: 81 })]);
    const homes = await vmsOf(undefined, protocol);
    let reloading = true;
    const visit = async (): Promise<void> => {
      while (reloading) expect(await vmsOf(undefined, protocol)).toEqual(homes);
    };
    const reload = async (): Promise<void> => {
      for (let time = 0; time < 12; time++) {
        await bench.put({ port: 81, algorithm: time % 2 === 0 ? 'leastconn' : 'roundrobin' });
      }
    };
    await Promise.all([
      visit(),
      reload().finally(() => {
        reloading = false;
      }),
    ]);
    expect(bench.router.stats().reloads).toBeGreaterThanOrEqual(12);
  },
);

it('serves whoever comes, although nobody says that the tables are there', async () => {
  await Promise.all([bench.put({ stickiness: sourceBased }), bench.put({ port: 81 })]);
  const homes = await vmsOf();
  await bench.dataPlane.haproxy.runtime([`del map ${bench.lab.dir}/stick.map ready`]);
  expect(await vmsOf()).toEqual(homes);
  expect(await vmsOf(81)).not.toContain('timeout');
});

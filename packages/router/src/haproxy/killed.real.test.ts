import { join } from 'node:path';
import type { RuleRecord } from '@limpet/contract';
import { readServersState } from '@limpet/haproxy';
import { afterEach, expect, it } from 'vitest';
import { installedConfig } from '../../testing/installed-config.ts';
import { members, openRealBench, type RealBench } from '../../testing/real-session.ts';
import { member, rule, sourceBased } from '../../testing/rules.ts';

let bench: RealBench;
afterEach(() => bench.close());

const program = join(import.meta.dirname, '../../testing/killed-router.ts');
const client = '198.18.0.1';

/** What is there for clients of the rule that changes, in words that are the same when it is the same. */
const machine = async () => {
  const [state, map] = await bench.dataPlane.haproxy.runtime([
    'show servers state',
    `show map ${join(bench.lab.dir, 'stick.map')}`,
  ]);
  const config = await installedConfig(bench.dataPlane, bench.lab.dir);
  return {
    config: config.replaceAll(/ id \d+/g, ''),
    chain: (await bench.dataPlane.packetFilter.save()).replaceAll(/^#.*$|\[\d+:\d+\]/gm, ''),
    map: map!.replaceAll(/^0x\w+ /gm, ''),
    // Up to 2.4, HAProxy's own back end MASTER has a server for each worker.
    servers: readServersState(state!)
      .filter(({ backend }) => backend !== 'MASTER')
      .map(({ backend, name, address, port, maintenance, weight }) =>
        [backend, name, address, port, maintenance, weight].join(' '),
      )
      .sort(),
  };
};

/** Each with a change that takes back what it does. */
it.each<[string, Partial<RuleRecord>]>([
  ['at runtime', { stickiness: sourceBased, members: [...members.slice(1), member('vm14')] }],
  ['by a reload', { algorithm: 'source', cidrs: ['198.18.0.0/16'], members: members.slice(1) }],
])(
  'a router that is killed at any step of a change %s is made good by the next one',
  async (_, change) => {
    bench = await openRealBench();
    await Promise.all([bench.put(), bench.put({ port: 81, stickiness: sourceBased })]);
    const [other] = await bench.lab.clients.hold([bench.ask(client, 81)]);
    await bench.put(change);
    const expected = await machine();
    await bench.put();
    let generation = 1_000;
    for (let changes = 0, done = false; !done; changes++) {
      await bench.router.detach();
      const command = { type: 'putRule' as const, rule: rule({ members, ...change }), generation: ++generation };
      const { dir, exec } = bench.lab;
      const { stdout, stderr } = await exec(process.execPath, [program, dir, `${changes}`, JSON.stringify(command)]);
      expect(stderr).toBe('');
      done = stdout === 'done';
      bench = await bench.again();
      expect((await bench.router.putRule(command)).outcome, `after ${changes} changes`).toBe('applied');
      expect(await machine(), `after ${changes} changes`).toEqual(expected);
      const back = { type: 'putRule' as const, rule: rule({ members }), generation: ++generation };
      expect((await bench.router.putRule(back)).outcome).toBe('applied');
      expect(await bench.lab.clients.askHeld([other!.id])).toEqual([other!.answer]);
    }
  },
  600_000,
);

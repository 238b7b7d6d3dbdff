import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRealDataPlane } from '@limpet/data-plane';
import { haproxyBinary } from '@limpet/haproxy';
import { afterEach, expect, it } from 'vitest';
import { conditionOf, members, openRealBench, publicIp, type RealBench } from '../../../testing/real-session.ts';
import { rule } from '../../../testing/rules.ts';
import { createHaproxyRouter } from '../router.ts';
import { inspectRouter } from '../verify/inspect.ts';
import { verifyRules } from '../verify/verify.ts';

let bench: RealBench;
afterEach(() => bench.close());

it('of two routers with a rule on one address and port the second is refused', async () => {
  bench = await openRealBench();
  const { lab } = bench;
  await bench.put();
  await bench.lab.exec('mkdir', [join(lab.dir, 'other')]);
  const dir = join(lab.dir, 'other');
  const dataPlane = createRealDataPlane({
    exec: lab.exec,
    spawn: lab.spawn,
    dir,
    clock: bench.dataPlane.clock,
  });
  const other = await createHaproxyRouter({ dataPlane, dir });
  try {
    const same = await other.putRule({ type: 'putRule', rule: rule({ members }), generation: 1 });
    expect(conditionOf(same.rules[0]!, 'Accepted')).toBe('False PortInUse');
    expect(conditionOf(same.rules[0]!, 'Programmed')).toBe('False PortInUse');
    expect(same.rules[0]!.conditions[0]!.message).toMatch(/haproxy \(pid \d+\) listens on 10\.0\.53\.2:8080/);
  } finally {
    await other.close();
  }
  expect((await bench.put({ algorithm: 'leastconn' })).outcome).toBe('applied');
});

it('somebody who comes to the port of a rule is seen, until he is gone', async () => {
  bench = await openRealBench({ driftPeriodMs: 200 });
  const { dataPlane, lab } = bench;
  await bench.put();
  const config = join(lab.dir, 'stranger.cfg');
  await writeFile(config, `defaults\n  timeout client 1s\nlisten stranger\n  bind ${publicIp}:8080\n`);
  const conflict = join(lab.dir, 'stranger.pid');
  expect((await lab.exec(haproxyBinary(), ['-D', '-f', config, '-p', conflict])).code).toBe(0);
  const pid = (await readFile(conflict, 'utf8')).trim();
  const { conditions } = await bench.until((status) => conditionOf(status, 'InForce') === 'False PortShared');
  expect(conditions.at(-1)!.message).toContain(`haproxy (pid ${pid}) listens on 10.0.53.2:8080`);
  const place = { dataPlane, dir: lab.dir };
  const [seen] = await verifyRules(await inspectRouter(place), { ...place, probe: true });
  expect(conditionOf(seen!, 'Programmed')).toBe('True Programmed');
  expect(conditionOf(seen!, 'InForce')).toBe('False PortShared');
  process.kill(Number(pid), 'SIGKILL');
  await bench.until((status) => conditionOf(status, 'InForce') === 'True Verified');
});

import { describe, expect, it } from 'vitest';
import { type Bench, condition, openBench, publicIp } from '../../testing/fault-session.ts';
import { sourceBased } from '../../testing/rules.ts';
import { answerFaults } from './answer-faults.ts';

const foreign = { ip: '203.0.113.9' };
const full = (bench: Bench, revision: number) =>
  bench.router().syncRules({ type: 'syncRules', snapshot: { rules: [], revision } });
const ports = async (bench: Bench): Promise<number[]> =>
  (await bench.router().reportRules({ type: 'reportRules' })).rules.map(({ key }) => key.port);

/** What is looked at, what a good router shows, and what one with the fault shows. */
const shows: Record<string, readonly [play: (bench: Bench) => Promise<unknown>, good: unknown, bad: unknown]> = {
  'refusal-said-applied': [async (bench) => (await bench.put(foreign)).outcome, 'refused', 'applied'],
  'answered-before-done': [
    async (bench) => {
      const result = await bench.put({});
      return [condition(result, 'InForce'), await bench.reached('198.18.0.1')];
    },
    ['True Verified', ['vm11', 'vm12', 'vm13']],
    ['True Assumed', ['timeout']],
  ],
  'late-command-said-applied': [
    async (bench) => {
      await bench.put({ stickiness: sourceBased }, 10);
      return (await bench.put({}, 9)).outcome;
    },
    'superseded',
    'applied',
  ],
  'repeated-command-refused': [
    async (bench) => {
      await bench.put({}, 10);
      return (await bench.put({}, 10)).outcome;
    },
    'applied',
    'refused',
  ],
  'refusal-not-retried': [
    async (bench) => {
      await bench.put(foreign, 10);
      bench.dataPlane.localAddresses = async () => [publicIp, foreign.ip];
      const again = await bench.put(foreign, 10);
      return condition(again, 'Accepted');
    },
    'True Valid',
    'False AddressNotLocal',
  ],
  'refusal-blocks-others': [
    async (bench) => {
      await bench.put(foreign);
      const blocked = (await bench.put({})).outcome;
      await bench.router().removeRule({ type: 'removeRule', key: { ...foreign, port: 8080 }, generation: 9 });
      return [blocked, (await bench.put({}, 10)).outcome];
    },
    ['applied', 'applied'],
    ['refused', 'applied'],
  ],
  'report-hides-trouble': [
    async (bench) => {
      await bench.put({});
      await bench.put(foreign);
      return ports(bench);
    },
    [8080, 8080],
    [8080],
  ],
  'report-believes': [
    async (bench) => {
      await bench.put(foreign);
      return condition(await bench.router().reportRules({ type: 'reportRules' }), 'InForce');
    },
    'False AddressNotLocal',
    'True Assumed',
  ],
  'last-command-wins': [
    async (bench) => {
      await bench.put({ stickiness: sourceBased }, 10);
      const late = await bench.put({}, 9);
      return [late.outcome, late.rules[0]?.generation, (await bench.reached('198.18.0.1')).length];
    },
    ['superseded', 10, 1],
    ['applied', 9, 3],
  ],
  'one-rule-replaces-all': [
    async (bench) => {
      await bench.put({});
      await bench.put({ port: 81 });
      return ports(bench);
    },
    [8080, 81],
    [81],
  ],
  'full-set-removes-nothing': [
    async (bench) => {
      await bench.put({}, 1);
      await full(bench, 2);
      return ports(bench);
    },
    [],
    [8080],
  ],
  'full-set-removes-newer': [
    async (bench) => {
      await bench.put({}, 5);
      await full(bench, 4);
      return ports(bench);
    },
    [8080],
    [],
  ],
  'removal-not-done': [
    async (bench) => {
      await bench.put({});
      const { outcome } = await bench.remove(8080);
      return [outcome, await ports(bench)];
    },
    ['applied', []],
    ['applied', [8080]],
  ],
};

describe('a fault of the answers', () => {
  it.each(answerFaults.map((fault) => [fault.name, fault.sentence]))('%s: %s', async (name) => {
    const [play, good, bad] = shows[name]!;
    const fault = answerFaults.find((each) => each.name === name)!;
    expect(await play(await openBench(undefined))).toEqual(good);
    expect(await play(await openBench(fault))).toEqual(bad);
  });

  it('last-command-wins tells the generations of the senders, over a crash too', async () => {
    const bench = await openBench(answerFaults.find(({ name }) => name === 'last-command-wins'));
    await bench.put({}, 1000);
    await bench.reopen();
    const { rules } = await bench.put({ stickiness: sourceBased }, 500);
    expect(rules[0]).toMatchObject({ key: { ip: publicIp }, generation: 500, observedGeneration: 500 });
  });
});

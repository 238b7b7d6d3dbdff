import { describe, expect, it } from 'vitest';
import { condition, openTestSession, publicIp, type TestSession } from '../../testing/fault-session.ts';
import { sourceBased } from '../../testing/rules.ts';
import { answerFaults } from './answer-faults.ts';

const foreign = { ip: '203.0.113.9' };
const full = (session: TestSession, revision: number) =>
  session.router().syncRules({ type: 'syncRules', snapshot: { rules: [], revision } });
const ports = async (session: TestSession): Promise<number[]> =>
  (await session.router().reportRules({ type: 'reportRules' })).rules.map(({ key }) => key.port);

/** What is looked at, what a good router shows, and what one with the fault shows. */
const shows: Record<string, readonly [play: (session: TestSession) => Promise<unknown>, good: unknown, bad: unknown]> =
  {
    'refusal-said-applied': [async (session) => (await session.put(foreign)).outcome, 'refused', 'applied'],
    'answered-before-done': [
      async (session) => {
        const result = await session.put({});
        return [condition(result, 'InForce'), await session.reached('198.18.0.1')];
      },
      ['True Verified', ['vm11', 'vm12', 'vm13']],
      ['True Assumed', ['timeout']],
    ],
    'late-command-said-applied': [
      async (session) => {
        await session.put({ stickiness: sourceBased }, 10);
        return (await session.put({}, 9)).outcome;
      },
      'superseded',
      'applied',
    ],
    'repeated-command-refused': [
      async (session) => {
        await session.put({}, 10);
        return (await session.put({}, 10)).outcome;
      },
      'applied',
      'refused',
    ],
    'refusal-not-retried': [
      async (session) => {
        await session.put(foreign, 10);
        session.dataPlane.localAddresses = async () => [publicIp, foreign.ip];
        const again = await session.put(foreign, 10);
        return condition(again, 'Accepted');
      },
      'True Valid',
      'False AddressNotLocal',
    ],
    'refusal-blocks-others': [
      async (session) => {
        await session.put(foreign);
        const blocked = (await session.put({})).outcome;
        await session.router().removeRule({ type: 'removeRule', key: { ...foreign, port: 8080 }, generation: 9 });
        return [blocked, (await session.put({}, 10)).outcome];
      },
      ['applied', 'applied'],
      ['refused', 'applied'],
    ],
    'report-hides-trouble': [
      async (session) => {
        await session.put({});
        await session.put(foreign);
        return ports(session);
      },
      [8080, 8080],
      [8080],
    ],
    'report-believes': [
      async (session) => {
        await session.put(foreign);
        return condition(await session.router().reportRules({ type: 'reportRules' }), 'InForce');
      },
      'False AddressNotLocal',
      'True Assumed',
    ],
    'last-command-wins': [
      async (session) => {
        await session.put({ stickiness: sourceBased }, 10);
        const late = await session.put({}, 9);
        return [late.outcome, late.rules[0]?.generation, (await session.reached('198.18.0.1')).length];
      },
      ['superseded', 10, 1],
      ['applied', 9, 3],
    ],
    'one-rule-replaces-all': [
      async (session) => {
        await session.put({});
        await session.put({ port: 81 });
        return ports(session);
      },
      [8080, 81],
      [81],
    ],
    'full-set-removes-nothing': [
      async (session) => {
        await session.put({}, 1);
        await full(session, 2);
        return ports(session);
      },
      [],
      [8080],
    ],
    'full-set-removes-newer': [
      async (session) => {
        await session.put({}, 5);
        await full(session, 4);
        return ports(session);
      },
      [8080],
      [],
    ],
    'removal-not-done': [
      async (session) => {
        await session.put({});
        const { outcome } = await session.remove(8080);
        return [outcome, await ports(session)];
      },
      ['applied', []],
      ['applied', [8080]],
    ],
  };

describe('a fault of the answers', () => {
  it.each(answerFaults.map((fault) => [fault.name, fault.sentence]))('%s: %s', async (name) => {
    const [play, good, bad] = shows[name]!;
    const fault = answerFaults.find((each) => each.name === name)!;
    expect(await play(await openTestSession(undefined))).toEqual(good);
    expect(await play(await openTestSession(fault))).toEqual(bad);
  });

  it('last-command-wins tells the generations of the senders, over a crash too', async () => {
    const session = await openTestSession(answerFaults.find(({ name }) => name === 'last-command-wins'));
    await session.put({}, 1000);
    await session.reopen();
    const { rules } = await session.put({ stickiness: sourceBased }, 500);
    expect(rules[0]).toMatchObject({ key: { ip: publicIp }, generation: 500, observedGeneration: 500 });
  });
});

import type { CommandResult } from '@limpet/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { history } from '../../testing/history.ts';
import { regressions } from '../suites/regressions.ts';
import { type Goals, SUITES } from '../suites/suites.ts';
import { type RouterKind, traitsOf } from '../sut/routers.ts';
import type { OpenRouter } from '../sut/system-under-test.ts';
import { type ConformResult, conform } from './conform.ts';

const goals: Goals = process.env.CI === 'true' ? 'everything' : 'router';

const tours: Readonly<Record<Goals, readonly string[]>> = {
  everything: [
    'every transition of 1 group with 1 member that reaches the router',
    'every transition of 1 group with 2 members',
    'every way in which 2 groups meet',
    'every two steps in a row, without faults',
  ],
  router: [
    'every transition of 1 group with 1 member that reaches the router',
    'every step of the router, 1 group with 2 members',
    'every way in which the rules of 2 groups meet on it',
    'every two steps in a row that it sees',
  ],
};

const stories = (router: RouterKind) =>
  regressions.filter(
    ({ addressesMove, certificatesGo }) =>
      !(addressesMove || certificatesGo) || traitsOf(router, undefined).watchesHost,
  );

describe.each<RouterKind>(['haproxy', 'memory'])(
  `the %s router, on a machine in memory (goals: ${goals}; CI=true: everything)`,
  (router) => {
    const names = [...stories(router).map(({ upstream }) => upstream), ...tours[goals]];
    let result: ConformResult;
    beforeAll(async () => {
      result = await conform({ router, dataPlane: 'memory', suites: SUITES, goals, workers: 2 });
    }, 3_600_000);

    it.each(names.map((name, at) => ({ name, at })))('is after every step as the model says: $name', ({ at }) => {
      const suite = result.suites[at]!;
      expect(history(suite)).toEqual([]);
      expect(suite.covered).toBe(suite.goals);
    });

    it.each(names.map((name, at) => ({ name, at })))('leaves a trace that the model explains: $name', ({ at }) => {
      expect(result.suites[at]!.traceAccepted).toBe(true);
    });
  },
);

describe("somebody's own router", () => {
  const applied = async (): Promise<CommandResult> => ({ outcome: 'applied', rules: [] });
  const open: OpenRouter = async () => ({
    putRule: applied,
    removeRule: applied,
    syncRules: applied,
    reportRules: applied,
    stats: () => ({ reloads: 0, runtimeOps: 0 }),
    close: async () => {},
  });

  it('is played on like ours, and named in what is found', async () => {
    const { suites } = await conform({
      router: { ...traitsOf('haproxy', undefined), name: 'idle', open },
      dataPlane: 'memory',
      suites: ['stories'],
      goals: 'router',
      workers: 1,
    });
    expect(suites.map(({ router }) => router)).toEqual(suites.map(() => 'idle'));
    expect(suites[0]!.failures[0]).toMatchObject({
      sentences: expect.arrayContaining([
        '203.0.113.10:8082: servers: expected vm1 10.1.2.1:8000 serving, observed none',
      ]),
      replay: { router: 'idle' },
    });
  });
});

describe("CloudStack's own router", () => {
  it('does not bring a stickiness into force that is changed while the group is disabled (apache/cloudstack#9583)', async () => {
    const { suites } = await conform({
      router: 'cloudstack',
      dataPlane: 'memory',
      suites: ['stories'],
      goals: 'router',
      workers: 1,
    });
    const [failure] = suites[0]!.failures;
    expect(failure?.story).toContain('apache/cloudstack#9583');
    expect(failure?.path.slice(-4)).toEqual([
      'group 2: a user disables the group',
      'rule 2: a user changes the stickiness',
      'group 2: a user enables the group',
      'router: the router applies the command, of rule 2',
    ]);
    expect(failure?.sentences).toContain(
      '203.0.113.11:8083: sticky: expected the client has an entry, observed the client has none',
    );
  });
});

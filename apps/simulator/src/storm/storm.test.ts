import { describe, expect, it } from 'vitest';
import { openMemoryTestBed } from '../test-bed/memory.ts';
import type { RouterKind, TestBed, TestBedOptions } from '../test-bed/test-bed.ts';
import { storm } from './storm.ts';

const small = { rules: 8, members: 4, ops: 120, seed: 3 };
const play = (router: RouterKind, change: Partial<typeof small> = {}, openTestBed = openMemoryTestBed) =>
  storm({ ...small, ...change, router, openTestBed });

describe('a storm', () => {
  it.each(['haproxy', 'memory'] as const)('disturbs nobody with %s', async (router) => {
    const result = await play(router);
    expect(result).toMatchObject({
      scenario: 'storm',
      changes: 120,
      changesInForce: 120,
      changesNotInForce: 0,
      clientsMoved: 0,
      connectionsFailed: 0,
      findings: [],
    });
    expect(Object.values(result.operations).reduce((sum, count) => sum + count)).toBe(120);
    expect(result.operationsWithoutBindBalanceCookie).toBeGreaterThan(40);
  });

  it('costs clients their VM with CloudStack', async () => {
    const { changesNotInForce, clientsMoved, findings } = await play('cloudstack', { ops: 40 });
    expect(changesNotInForce).toBeGreaterThan(0);
    expect(clientsMoved).toBeGreaterThan(0);
    expect(findings.length).toBeGreaterThan(0);
  });

  it('does the same for the same seed, whatever the router', async () => {
    const [ours, embedded, other] = await Promise.all([play('haproxy'), play('memory'), play('memory', { seed: 4 })]);
    expect(ours.operations).toEqual(embedded.operations);
    expect(other.operations).not.toEqual(embedded.operations);
  });
});

describe('a router that lies', () => {
  /** It answers as if all were done, and does nothing after the first full set. */
  const lying = async (options: TestBedOptions): Promise<TestBed> => {
    const testBed = await openMemoryTestBed(options);
    const { router } = testBed;
    const done = (key: { ip: string; port: number }, generation: number) => ({
      outcome: 'applied' as const,
      rules: [{ key, generation, observedGeneration: generation, conditions: [] }],
    });
    return {
      ...testBed,
      router: {
        syncRules: (command) => router.syncRules(command),
        reportRules: (command) => router.reportRules(command),
        putRule: async ({ rule: { ip, port }, generation }) => done({ ip, port }, generation),
        removeRule: async ({ key, generation }) => done(key, generation),
        stats: () => router.stats(),
        close: () => router.close(),
      },
    };
  };

  it('is found out by the clients', async () => {
    const { changesInForce, changesNotInForce, findings } = await play('memory', { ops: 60 }, lying);
    expect(changesNotInForce).toBeGreaterThan(10);
    expect(changesInForce + changesNotInForce).toBe(60);
    expect(findings.map(({ expected }) => expected)).toContain('an answer on every connection');
  });
});

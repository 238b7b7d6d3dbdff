import { describe, expect, it } from 'vitest';
import { history } from '../../testing/history.ts';
import { SUITES, type SuiteName } from '../suites/suites.ts';
import { conform } from './conform.ts';

/** A machine of a person gets what was reported, and every two steps that the router sees one after the other. */
const inCi = process.env.CI === 'true';
const suites: readonly SuiteName[] = inCi ? SUITES : ['stories', 'pairs'];
const which = inCi ? 'all suites' : `${suites.join(' and ')}; all suites: CI=true, or npx limpet conform`;

/** A machine that does other work is slow, and right. */
const timeout = 3_600_000;

describe(`on a real HAProxy and iptables (${which})`, () => {
  it.each(suites)("Limpet's router is after every step as the model says: %s", { timeout }, async (suite) => {
    const played = await conform({
      router: 'haproxy',
      dataPlane: 'real',
      suites: [suite],
      goals: 'router',
      workers: 2,
    });
    for (const result of played.suites) {
      expect(history(result), result.about).toEqual([]);
      expect(result, result.about).toMatchObject({ covered: result.goals, traceAccepted: true });
    }
  });

  it("CloudStack's router is not, where the issue says that it is not", { timeout }, async () => {
    const { suites: played } = await conform({
      router: 'cloudstack',
      dataPlane: 'real',
      suites: ['stories'],
      goals: 'router',
      workers: 1,
    });
    expect(played[0]!.failures[0]?.sentences).toContain(
      '203.0.113.11:8083: sticky: expected the client has an entry, observed the client has none',
    );
  });
});

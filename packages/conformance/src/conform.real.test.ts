import { describe, expect, it } from 'vitest';
import { conform } from './conform.ts';
import type { SuiteName } from './suites.ts';

/** What there is time for: what was reported, and every two steps that the router sees one after the other. */
const suites: readonly SuiteName[] = ['stories', 'pairs'];
const which = `${suites.join(' and ')}; all: npx limpet conform`;

/** A machine that does other work is slow, and right. */
const timeout = 3_600_000;

describe('on a real HAProxy and iptables', () => {
  it(`Limpet's router is after every step as the model says (${which})`, { timeout }, async () => {
    const played = await conform({ router: 'haproxy', dataPlane: 'real', suites, goals: 'router', lanes: 2 });
    expect(played.suites.flatMap(({ failures }) => failures)).toEqual([]);
    expect(played.suites.every(({ covered, goals, traceAccepted }) => covered === goals && traceAccepted)).toBe(true);
  });

  it("CloudStack's router is not, where the issue says that it is not", { timeout }, async () => {
    const { suites: played } = await conform({
      router: 'cloudstack',
      dataPlane: 'real',
      suites: ['stories'],
      goals: 'router',
      lanes: 1,
    });
    expect(played[0]!.failures[0]?.sentences).toContain(
      '203.0.113.11:8083: sticky: expected the client has an entry, observed the client has none',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { conform } from './conform.ts';

/** What was reported, on a real HAProxy and iptables; the suites are played by `limpet conform`. */
describe('on a real HAProxy and iptables', () => {
  it("Limpet's router is after every step of what was reported as the model says", async () => {
    const { suites } = await conform({
      router: 'haproxy',
      dataPlane: 'real',
      suites: ['stories'],
      goals: 'router',
      lanes: 1,
    });
    expect(suites.flatMap(({ failures }) => failures)).toEqual([]);
    expect(suites.every(({ covered, goals, traceAccepted }) => covered === goals && traceAccepted)).toBe(true);
  });

  it("CloudStack's router is not, where the issue says that it is not", async () => {
    const { suites } = await conform({
      router: 'cloudstack',
      dataPlane: 'real',
      suites: ['stories'],
      goals: 'router',
      lanes: 1,
    });
    expect(suites[0]!.failures[0]?.sentences).toContain(
      '203.0.113.11:8083: sticky: expected the client has an entry, observed the client has none',
    );
  });
});

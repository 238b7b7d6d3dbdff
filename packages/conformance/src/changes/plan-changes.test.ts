import { capabilitiesOf } from '@limpet/haproxy';
import { describe, expect, it } from 'vitest';
import { planChanges } from './plan-changes.ts';

const haproxy = capabilitiesOf({ text: '2.6.12', branch: '2.6' });

describe('the plan of the suite changes', () => {
  const { goals, paths } = planChanges('memory', haproxy);

  it('has an operation for each of its goals', () => {
    const met = new Set(paths.flatMap((path) => path.flatMap((planned) => planned.goals)));
    expect([...goals].filter((goal) => !met.has(goal))).toEqual([]);
  });

  it('has every step of a router after every other', () => {
    for (const goal of ['reload, then set-addr', 'set-addr, then set-ready', 'enable-health, then set-maxconn'])
      expect(goals).toContain(goal);
    expect([...goals].filter((goal) => goal.includes(', then '))).toHaveLength(12 ** 2 + 1);
  });

  it('covers the pairs of fields with fewer operations than pairs', () => {
    const pairs = [...goals].filter((goal) => goal.includes(' and '));
    const operations = paths.flat().filter((planned) => planned.goals.some((goal) => goal.includes(' and ')));
    expect(pairs.length).toBeGreaterThan(300);
    expect(operations.length).toBeLessThan(pairs.length / 2);
  });

  it('has refusals by everybody who can refuse, and crashes after any number of calls', () => {
    for (const by of ['the router', 'the check: algorithm', 'the reload', 'the probes'])
      expect([...goals].some((goal) => goal.startsWith(`refused by ${by}`))).toBe(true);
    expect([...goals].filter((goal) => goal.startsWith('crash after'))).toHaveLength(24);
  });

  it('has the boundaries of ports and weights', () => {
    const text = JSON.stringify(paths);
    for (const boundary of ['"port":1,', '"port":65535,', '"weight":256', '"maxConnections":4096', '"cidrs":[]'])
      expect(text).toContain(boundary);
  });

  it('is the same each time', () => {
    expect(planChanges('memory', haproxy).paths).toEqual(paths);
  });
});

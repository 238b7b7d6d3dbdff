import { RulesError } from '@limpet/operations';
import { rule, snapshotOf, sourceOf } from '@limpet/operations/testing';
import { describe, expect, it } from 'vitest';
import { checkFresh, parseSavedPlan, savedPlan } from './saved-plan.ts';

const snapshot = snapshotOf([rule()]);
const plan = savedPlan(
  '/var/lib/limpet',
  snapshot,
  sourceOf([rule({ algorithm: 'source' })], { notCarriedOut: ['a line: why'] }),
);

const refusal = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof RulesError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
};

describe('a saved plan', () => {
  it('comes back from its text', () => {
    expect(parseSavedPlan(JSON.stringify(plan), 'p.json')).toEqual(plan);
  });

  it.each<[string, string]>([
    ['{', 'PLAN_INVALID: p.json: is not JSON; make it anew: limpet plan RULES --out p.json'],
    ['{"limpetPlan":2}', 'PLAN_INVALID: p.json: plan.limpetPlan: expected 1, got 2; make it anew'],
    [JSON.stringify({ ...plan, rules: [] }), 'PLAN_INVALID: p.json: its rules were changed after it was made'],
    [
      JSON.stringify({ ...plan, rules: [{ ...rule(), ip: 'x' }] }),
      'PLAN_INVALID: p.json: plan.rules[0].ip: expected an IPv4 address, got "x"',
    ],
  ])('%s is refused', (text, message) => {
    expect(refusal(() => parseSavedPlan(text, 'p.json'))).toContain(message);
  });

  it('is fresh while the router is what it was, whatever the order in which things are told', () => {
    const certificates = (...files: string[]) =>
      new Map(files.map((file) => [file, { ok: false, problem: 'none' } as const]));
    const made = savedPlan('/d', { ...snapshot, certificates: certificates('/a', '/b') }, sourceOf([]));
    expect(refusal(() => checkFresh(made, { ...snapshot, certificates: certificates('/b', '/a') }))).toBe('none');
    expect(refusal(() => checkFresh(made, { ...snapshot, certificates: certificates('/a') }))).toContain('PLAN_STALE');
  });

  it('is fresh although members fall ill, checks end, clients come, a peer goes, and a certificate expires', () => {
    const server = { name: 'web-1', id: 1, ip: '10.1.1.11', port: 80, weight: 1, maintenance: false, checking: true };
    const seen = (well: boolean) => ({
      ...snapshot,
      observed: {
        ...snapshot.observed,
        live: {
          ...{
            configHash: 'a',
            stick: new Map(),
            maxConnections: new Map(),
            frontends: new Map(),
            certificates: new Map(),
          },
          full: new Set(well ? [] : ['lb']),
          servers: new Map([['lb', new Map([['web-1', { ...server, up: well, checked: well }]])]]),
        },
        members: new Map([['lb', { up: [], unchecked: [], down: [], draining: well ? ['a'] : [], maintenance: [] }]]),
        unshared: new Map(well ? [] : [['lb', 'why']]),
        distrusted: new Map(well ? [] : [['lb', 'why']]),
      },
    });
    const made = savedPlan('/d', seen(true), sourceOf([]));
    expect(refusal(() => checkFresh(made, seen(false)))).toBe('none');
  });

  it.each([
    [{ wanted: {} }, 'the rules that it was given'],
    [{ verified: {} }, 'the rules that it was given'],
    [{ settings: { ...snapshot.settings, maxConnections: 9 } }, 'the rules that it was given'],
    [{ observed: { ...snapshot.observed, processes: { master: 1, worker: 2 } } }, 'what HAProxy runs'],
    [
      { observed: { ...snapshot.observed, chain: { rules: [], linked: false, precedingRules: [] } } },
      'its iptables chain',
    ],
  ])('is stale when %j is not what it was', (change, part) => {
    expect(refusal(() => checkFresh(plan, { ...snapshot, ...change }))).toBe(
      `PLAN_STALE: the router has changed since this plan was made (${part}); make a new one with limpet plan, and look at it`,
    );
  });
});

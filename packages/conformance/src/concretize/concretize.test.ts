import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openGround, walk } from '../model/test-model.ts';
import { randomWalk, seeded } from '../suites/baselines.ts';
import { stickyPolicies } from './changes.ts';
import type { ScriptStep } from './concrete-step.ts';
import { bindPath } from './concretize.ts';

const ground = openGround({ groups: 2, members: 1 });
const scriptOf = (seed: number, steps: number): ScriptStep[] =>
  bindPath(walk(ground, randomWalk(ground, steps, seeded(seed))), ground.port);
const puts = (script: readonly ScriptStep[]) =>
  script.flatMap(({ act }) =>
    (act.do === 'send' || act.do === 'refuse') && act.command.type === 'putRule' ? [{ ...act.command, act }] : [],
  );

describe('the binding of paths to data', () => {
  it('gives one script for a path', () => {
    expect(scriptOf(1, 300)).toEqual(scriptOf(1, 300));
  });

  it('never uses a VM or its address twice, and ends only what it started', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const running = new Set<string>();
        const used = new Set<string>();
        for (const { start, destroy, expected } of scriptOf(seed, 400)) {
          for (const { vm, ip } of start) {
            expect([used.has(vm), used.has(ip)]).toEqual([false, false]);
            used.add(vm).add(ip);
            running.add(vm);
          }
          for (const vm of destroy) expect(running.delete(vm)).toBe(true);
          expect(expected.alive).toEqual(running);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('has one record for each generation of a rule, whenever it is sent', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const known = new Map<string, string>();
        for (const { rule, generation, act } of puts(scriptOf(seed, 400))) {
          // Commands that come late are of generations that were never sent.
          if (act.do === 'send' && act.answers.includes('superseded')) continue;
          const id = `${rule.ip} ${generation}`;
          expect(known.get(id) ?? JSON.stringify(rule)).toBe(JSON.stringify(rule));
          known.set(id, JSON.stringify(rule));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('lets the router refuse only what HAProxy has a say in', () => {
    const given = new Map<string, string>();
    for (const { act, expected } of scriptOf(3, 3000)) {
      if (act.do === 'refuse' && act.command.type === 'putRule')
        expect(given.get(act.key.ip)).not.toBe(act.command.rule.algorithm);
      for (const { key, given: now } of expected.rules) if (now !== undefined) given.set(key.ip, now.rule.algorithm);
      if (act.do === 'wipe') given.clear();
    }
  });

  it('changes from none to every policy and back', () => {
    const seen = new Set(puts(scriptOf(4, 6000)).map(({ rule }) => JSON.stringify(rule.stickiness)));
    expect([...seen]).toEqual(expect.arrayContaining(stickyPolicies.map((policy) => JSON.stringify(policy))));
  });
});

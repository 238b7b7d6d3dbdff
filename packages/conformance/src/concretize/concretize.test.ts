import { createRandom } from '@limpet/data-plane';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execute, openTestModel } from '../model/test-model.ts';
import { randomWalk } from '../suites/baselines.ts';
import { planSuite, type Suite } from '../suites/suites.ts';
import type { ConcreteStep } from './concrete-step.ts';
import { concretize } from './concretize.ts';
import { stickyPolicies } from './rule-changes.ts';

const testModel = openTestModel({ groups: 2, members: 1 });
const concreteStepsOf = (seed: number, steps: number): ConcreteStep[] =>
  concretize(execute(testModel, randomWalk(testModel, steps, createRandom(seed))), testModel.port);
const puts = (steps: readonly ConcreteStep[]) =>
  steps.flatMap(({ stimulus }) =>
    (stimulus.do === 'send' || stimulus.do === 'refuse') && stimulus.command.type === 'putRule'
      ? [{ ...stimulus.command, stimulus }]
      : [],
  );

describe('the binding of paths to data', () => {
  it('gives one script for a path', () => {
    expect(concreteStepsOf(1, 300)).toEqual(concreteStepsOf(1, 300));
  });

  it('never uses a VM or its address twice, and ends only what it started', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const running = new Set<string>();
        const used = new Set<string>();
        for (const { start, destroy, expected } of concreteStepsOf(seed, 400)) {
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
        for (const { rule, generation, stimulus } of puts(concreteStepsOf(seed, 400))) {
          // Commands that come late are of generations that were never sent.
          if (stimulus.do === 'send' && stimulus.answers.includes('superseded')) continue;
          const id = `${rule.ip} ${generation}`;
          expect(known.get(id) ?? JSON.stringify(rule)).toBe(JSON.stringify(rule));
          known.set(id, JSON.stringify(rule));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('lets the router refuse only what HAProxy has a say in', () => {
    const installed = new Map<string, string>();
    for (const { stimulus, expected } of concreteStepsOf(3, 3000)) {
      if (stimulus.do === 'refuse' && stimulus.command.type === 'putRule')
        expect(installed.get(stimulus.key.ip)).not.toBe(stimulus.command.rule.algorithm);
      for (const { key, installed: now } of expected.rules)
        if (now !== undefined) installed.set(key.ip, now.rule.algorithm);
      if (stimulus.do === 'wipe') installed.clear();
    }
  });

  it('takes a certificate only from what has it, and sends nothing without it meanwhile', () => {
    const [{ testModel: losing, paths }] = planSuite('transitions', 'router', true) as [Suite, Suite];
    expect(losing.certificatesGo).toBe(true);
    const walk = execute(losing, paths.flat());
    let [taken, refused] = [0, 0];
    let gone: string | undefined;
    for (const { stimulus, expected, text, returning } of concretize(walk, losing.port)) {
      if (stimulus.do === 'lose' && stimulus.what.need === 'certificate') {
        gone = stimulus.what.path;
        taken += 1;
        expect(expected.rules[0]!.installed!.rule).toMatchObject({ protocol: 'ssl', certificate: gone });
      }
      if (text === 'the router refuses the command without the certificate of the rule') {
        refused += 1;
        expect(stimulus).toMatchObject({ command: { rule: { protocol: 'ssl', certificate: gone } } });
      }
      if (stimulus.do === 'regain') expect(stimulus.what).toEqual({ need: 'certificate', path: gone });
      for (const what of returning) expect(what).toEqual({ need: 'certificate', path: gone });
    }
    expect(Math.min(taken, refused)).toBeGreaterThan(5);
  });

  it('changes from none to every policy and back', () => {
    const seen = new Set(puts(concreteStepsOf(4, 12_000)).map(({ rule }) => JSON.stringify(rule.stickiness)));
    expect([...seen]).toEqual(expect.arrayContaining(stickyPolicies.map((policy) => JSON.stringify(policy))));
  });
});

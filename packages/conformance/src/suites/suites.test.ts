import { createRandom } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { pathsFor } from '../run/conform.ts';
import { randomWalk } from './baselines.ts';
import { MODEL_SUITES, planSuite } from './suites.ts';

describe.each(MODEL_SUITES)('the suite %s', (name) => {
  const suites = planSuite(name, 'router', true);

  it('meets every goal, also with two workers', () => {
    for (const suite of suites) {
      expect(suite.met(suite.paths)).toBe(suite.goals);
      expect(suite.met(pathsFor(suite, 2))).toBe(suite.goals);
    }
  });

  it('does not count a goal that no path meets', () => {
    for (const { testModel, goals, met } of suites) {
      expect(met([])).toBe(0);
      if (name === 'interactions') expect(met([randomWalk(testModel, 50, createRandom(1))])).toBeLessThan(goals);
    }
  });
});

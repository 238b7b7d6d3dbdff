import { PARTS } from '@limpet/model';
import { describe, expect, it } from 'vitest';
import { countProjected } from '../../testing/projection.ts';
import { search } from '../../testing/search.ts';
import { runSpin } from '../../testing/spin.ts';
import { bugCalled } from '../component/bugs.ts';
import { cNameOf } from './properties.ts';
import { promelaOfSystem } from './system.ts';

describe('SPIN on createSystem of one group', () => {
  it.each(process.env.CI === 'true' ? [1, 2] : [1])(
    'meets as many states and takes as many events as the exploration does, and breaks no property (1 x %i)',
    (members) => {
      const { states, transitions } = countProjected(members);
      expect(runSpin(promelaOfSystem({ members }))).toEqual({ states, transitions, errors: 0, violated: undefined });
    },
  );

  it.each([
    'refused-as-applied',
    'poisoned-config',
    'stale-snapshot',
    'rollback-loses-policy',
    'orphan-member',
  ] as const)('finds %s by the property that our check finds broken', (bug) => {
    const parts = bugCalled(bug).edit!(PARTS);
    const { errors, violated } = runSpin(promelaOfSystem({ members: 1, parts }));
    expect(errors).toBe(1);
    const { broken } = search({ groups: 1, members: 1, bug });
    expect([...broken.keys()].map((name) => cNameOf({ name }))).toContain(violated);
  });
});

import { explore } from '@limpet/checker';
import { PARTS } from '@limpet/model';
import { describe, expect, it } from 'vitest';
import { countProjected } from '../../testing/projection.ts';
import { runSpin } from '../../testing/spin.ts';
import { bugCalled } from '../component/bugs.ts';
import { createCompositionModel } from '../composition/composition.ts';
import { C_PROPERTIES, C_STEP_PROPERTIES, cNameOf } from './properties.ts';
import { promelaOfSystem } from './system.ts';

/** Linux starts no program from a process that has reserved more than the machine has. */
const memoryBytes = 500e6;

/** Of these SPIN has what can be said without copies of the rule: it may miss what we find, and finds nothing besides. */
const IN_PART = [
  'B1 in-force-is-true',
  'B4 members-are-backends',
  'drained-before-removed',
  'verified-before-serving',
].map((name) => cNameOf({ name }));

/** Each with a property that it breaks. All in CI; on a person's machine the first two. */
const BUGS_TRIED = (
  [
    ['refused-as-applied', 'B26 reported-is-stored'],
    ['orphan-member', 'verified-before-serving'],
    ['poisoned-config', 'B26 reported-is-stored'],
    ['stale-snapshot', 'B21 removed-without-trace'],
    ['rollback-loses-policy', 'users-choose-stickiness'],
  ] as const
).slice(0, process.env.CI === 'true' ? undefined : 2);

describe('SPIN on createSystem of one group', () => {
  it.each(process.env.CI === 'true' ? [1, 2] : [1])(
    'meets as many states and takes as many events as the exploration does, and breaks no property (1 x %i)',
    async (members) => {
      const found = runSpin(promelaOfSystem({ members }));
      expect(found).toEqual({ ...(await countProjected(members)), violated: [] });
    },
  );

  it.each(BUGS_TRIED)(
    'breaks by %s the properties that the exploration finds broken: %s, and others',
    async (bug, name) => {
      const parts = bugCalled(bug).edit!(PARTS);
      const { violated } = runSpin(promelaOfSystem({ members: 1, parts }));
      const { violations } = await explore(createCompositionModel({ members: 1, parts }), { memoryBytes });
      const broken = violations.map(cNameOf);
      const inFull = [...C_PROPERTIES, ...C_STEP_PROPERTIES].map(cNameOf).filter((one) => !IN_PART.includes(one));
      expect(violated).toContain(cNameOf({ name }));
      expect(broken).toEqual(expect.arrayContaining([...violated]));
      expect(violated).toEqual(expect.arrayContaining(broken.filter((one) => inFull.includes(one))));
    },
  );
});

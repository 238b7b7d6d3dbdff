import { describe, expect, it } from 'vitest';
import { search } from '../../testing/search.ts';
import { BUGS, type BugName } from './bugs.ts';

/** What each bug breaks first, and in how many steps; `null`: it breaks nothing, and stops with something left to do. */
const BREAKS: Record<BugName, readonly [invariant: string | null, steps: number]> = {
  seed: ['changed-is-sent', 6],
  'line-set-compare': ['B1 in-force-is-true', 13],
  'poisoned-config': ['answers-are-true', 6],
  'partial-snapshot': ['B9 all-rules-configured', 7],
  'stale-snapshot': ['B26 reported-is-stored', 6],
  'lost-ack': [null, 5],
  'refused-as-applied': ['B26 reported-is-stored', 5],
  'rollback-loses-policy': ['users-choose-stickiness', 6],
  'orphan-member': ['verified-before-serving', 4],
  'runaway-scale-up': ['size-is-counted', 4],
  'delete-needs-router': ['B7 delete-without-router', 1],
  'protocol-not-pushed': ['changed-is-sent', 4],
  'loss-not-believed': ['lost-is-told', 7],
  'return-forgotten': ['world-is-heard', 6],
  'certificate-refusal-as-applied': ['answers-are-true', 7],
  'certificate-needs-command': ['world-is-heard', 6],
  'loss-takes-others': ['B9 all-rules-configured', 9],
};

describe('every bug switch is found with a shortest trace', () => {
  it.each(BUGS)('$name', ({ name, shownBy }) => {
    const [invariant, steps] = BREAKS[name];
    const { broken, stuck } = search({ ...shownBy, bug: name });
    if (invariant === null) expect({ broken: broken.size, stuck }).toEqual({ broken: 0, stuck: steps });
    else expect(broken.get(invariant)).toBe(steps);
  });

  // Above all #9583: one rule alone never shows it.
  const demanding = BUGS.filter(({ shownBy }) => shownBy.groups + shownBy.members > 2);
  it.each(demanding)('$name is not seen in one group of one', ({ name }) => {
    expect(search({ groups: 1, members: 1, bug: name }).broken.size).toBe(0);
  });

  it('claims that a change is in force that the router never got: the complaint of #9583', () => {
    expect(
      search({ groups: 1, members: 1, bug: 'seed', continueAfterViolation: true }).broken.get('B1 in-force-is-true'),
    ).toBe(10);
  });

  it('names its origin', () => {
    for (const { upstream, sentence } of BUGS) {
      expect(upstream.length).toBeGreaterThan(0);
      expect(sentence).toMatch(/\.$/);
    }
  });
});

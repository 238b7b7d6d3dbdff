import { describe, expect, it } from 'vitest';
import { search } from '../../testing/search.ts';
import { BUGS, type BugName } from './bugs.ts';

/** What each bug breaks first, and in how many steps; `null`: it breaks nothing, and stops with something left to do. */
const BREAKS: Record<BugName, readonly [invariant: string | null, steps: number]> = {
  seed: ['B26 reported-is-stored', 8],
  'line-set-compare': ['B1 in-force-is-true', 13],
  'poisoned-config': ['B12 refusal-is-alone', 6],
  'partial-snapshot': ['B9 all-rules-configured', 7],
  'stale-snapshot': ['B26 reported-is-stored', 6],
  'table-lost-on-reload': ['B11 tables-survive', 10],
  'positional-names': ['B11 sticky-clients-stay', 15],
  'restart-instead-of-reload': ['B10 others-stay-connected', 9],
  'lost-ack': [null, 6],
  'refused-as-applied': ['B26 reported-is-stored', 5],
  'rollback-loses-policy': ['B25 rollback-restores', 6],
  'orphan-member': ['B4 members-are-backends', 10],
  'runaway-scale-up': ['B6 at-most-max', 5],
  'delete-needs-router': ['B7 delete-without-router', 1],
  'protocol-not-pushed': ['B16 protocol-is-applied', 8],
  'duplicate-accept': ['B20 twice-is-once', 5],
  'accept-without-listener': ['B19 listener-and-accept', 4],
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
    expect(search({ groups: 1, members: 1, bug: 'seed' }).broken.get('B1 in-force-is-true')).toBe(10);
  });

  it('names its origin', () => {
    for (const { upstream, sentence } of BUGS) {
      expect(upstream.length).toBeGreaterThan(0);
      expect(sentence).toMatch(/\.$/);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { search } from '../../testing/search.ts';
import { createCheckModel } from './check-model.ts';

describe('the model for checking', () => {
  // The same numbers as SPIN 6.5.2 reports for the exported Promela (its transitions count the initial state as one).
  it.each([
    [{ groups: 1, members: 1, symmetry: false }, 446, 4_931],
    [{ groups: 1, members: 2, symmetry: false }, 2_104, 26_041],
    [{ groups: 1, members: 2, symmetry: true }, 1_360, 16_491],
    [{ groups: 2, members: 1, symmetry: false }, 55_016, 1_113_488],
    [{ groups: 2, members: 1, symmetry: true }, 27_698, 559_959],
    [{ groups: 1, members: 1, symmetry: false, addressesMove: true }, 786, 9_015],
    [{ groups: 1, members: 1, symmetry: false, addressesMove: true, certificatesGo: true }, 1_050, 12_204],
    [{ groups: 1, members: 2, symmetry: true, addressesMove: true, certificatesGo: true }, 3_368, 42_014],
    [{ groups: 1, members: 2, symmetry: true, addressesMove: true }, 2_478, 30_687],
    [{ groups: 2, members: 1, symmetry: true, addressesMove: true }, 88_071, 1_851_694],
  ])('%j has %i states and %i transitions, all good, and becomes quiescent', (options, states, transitions) => {
    const found = search(options);
    expect(found).toMatchObject({ states, transitions, broken: new Map(), stuck: undefined });
  });

  it('is packed in one word for two groups of two', () => {
    expect(createCheckModel({ groups: 2, members: 2 }).words).toBe(1);
  });

  it('speaks of the domain', () => {
    const model = createCheckModel({ groups: 2, members: 1 });
    const out = {
      states: new Uint32Array(model.maxSuccessors),
      labels: new Uint32Array(model.maxSuccessors),
      count: 0,
    };
    const initial = Uint32Array.from(model.initial[0]!);
    model.successors(initial, 0, out);
    const steps = Array.from(out.labels.subarray(0, out.count), (label) => model.describeStep(label));
    expect(steps).toContainEqual({ lane: 'group 1', text: 'a user creates a rule and a group' });
    expect(steps).toContainEqual({ lane: 'router', text: 'the router is deployed' });
    expect(model.describeState(out.states, 0)).toMatchObject({
      'group 1': 'removed',
      'group 2': 'new',
      'rule 2': expect.stringContaining('add'),
      'members 2': 'gone',
      'entry 2': 'empty',
      'link 2': '',
      router: 'absent',
    });
  });

  it('refuses sizes that it cannot pack', () => {
    expect(() => createCheckModel({ groups: 0, members: 1 })).toThrow(RangeError);
    expect(() => createCheckModel({ groups: 1, members: 9 })).toThrow(/members 1 to 4/);
  });
});

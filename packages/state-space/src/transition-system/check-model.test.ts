import { describe, expect, it } from 'vitest';
import { search } from '../../testing/search.ts';
import { createCheckModel } from './check-model.ts';

describe('the model for checking', () => {
  // The same numbers as SPIN 6.5.2 reports for the exported Promela (its transitions count the initial state as one).
  it.each([
    [{ groups: 1, members: 1, symmetry: false }, 345, 3_665],
    [{ groups: 1, members: 2, symmetry: false }, 1_451, 16_739],
    [{ groups: 1, members: 2, symmetry: true }, 991, 11_216],
    [{ groups: 2, members: 1, symmetry: false }, 32_587, 613_014],
    [{ groups: 2, members: 1, symmetry: true }, 16_440, 308_859],
  ])('%j has %i states and %i transitions, all good, and becomes quiescent', (options, states, transitions) => {
    const found = search(options);
    expect(found).toMatchObject({ states, transitions, broken: new Map(), stuck: undefined });
  });

  it('is packed in one word for three groups of two', () => {
    const model = createCheckModel({ groups: 3, members: 2 });
    expect(model.words).toBe(1);
    expect(model.invariants).toHaveLength(17);
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
      'link 2': 'a command waits',
      router: 'absent',
    });
  });

  it('refuses sizes that it cannot pack', () => {
    expect(() => createCheckModel({ groups: 0, members: 1 })).toThrow(RangeError);
    expect(() => createCheckModel({ groups: 1, members: 9 })).toThrow(/members 1 to 4/);
  });
});

import type { Successors } from '@limpet/checker';
import { createSystem, type SystemEvent, type SystemState } from '@limpet/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCompositionModel } from './composition.ts';

const sorted = (lines: readonly string[]): string[] => [...lines].sort();

/** A walk of `createSystem` by events drawn at random. */
function* walk(groups: number, members: number, steps: number, seed: number) {
  const system = createSystem({ groups, members });
  let before = system.initial;
  for (const drawn of fc.sample(fc.nat(), { seed, numRuns: steps })) {
    const enabled = system.enabled(before);
    const event = enabled[drawn % enabled.length]!;
    const { state } = system.step(before, event);
    yield { before, event, state, enabled };
    before = state;
  }
}

describe('the composition that is explored', () => {
  it.each([1, 2])(
    'takes the steps of createSystem from every state of a long walk, and no other (1 x %i)',
    (members) => {
      const model = createCompositionModel({ members, symmetry: false });
      const out: Successors = {
        states: new Uint32Array(model.maxSuccessors * model.words),
        labels: new Uint32Array(model.maxSuccessors),
        count: 0,
      };
      const system = createSystem({ groups: 1, members });
      let packed = Uint32Array.from(model.initial[0]!);
      for (const { before, event, enabled } of walk(1, members, 4000, members)) {
        expect(JSON.parse(JSON.stringify(model.systemStateOf(packed, 0)))).toEqual(JSON.parse(JSON.stringify(before)));
        model.successors(packed, 0, out);
        const explored = Array.from({ length: out.count }, (_, i) => ({
          event: model.eventOf(out.labels[i]!),
          state: model.systemStateOf(out.states, i * model.words),
        }));
        const words = (of: SystemEvent, state: SystemState) =>
          JSON.stringify([of, state.router, state.groups, state.entries, state.link]);
        expect(sorted(explored.map((one) => keyOf(words(one.event, one.state))))).toEqual(
          sorted(enabled.map((one) => keyOf(words(one, system.step(before, one).state)))),
        );
        const taken = explored.findIndex((one) => JSON.stringify(one.event) === JSON.stringify(event));
        packed = out.states.slice(taken * model.words, (taken + 1) * model.words);
      }
    },
  );

  it('leads to the same states with members in order and in place', () => {
    const model = createCompositionModel({ members: 2 });
    const buffer = (): Successors => ({
      states: new Uint32Array(model.maxSuccessors * model.words),
      labels: new Uint32Array(model.maxSuccessors),
      count: 0,
    });
    const [inOrder, inPlace] = [buffer(), buffer()];
    const membersOf = (out: Successors, i: number) =>
      model.systemStateOf(out.states, i * model.words).groups[0]!.members.map(({ value }) => value);
    let packed = Uint32Array.from(model.initial[0]!);
    for (const drawn of fc.sample(fc.nat(), { seed: 2, numRuns: 2000 })) {
      model.successors(packed, 0, inOrder);
      model.successorsInPlace!(packed, 0, inPlace);
      expect(inOrder.count).toBe(inPlace.count);
      for (let i = 0; i < inOrder.count; i++) expect(membersOf(inOrder, i)).toEqual(sorted(membersOf(inPlace, i)));
      const taken = drawn % inPlace.count;
      packed = inPlace.states.slice(taken * model.words, (taken + 1) * model.words);
    }
  });

  it('is of two groups what each of them is alone: a step moves one, or the router and both', () => {
    const alone = createSystem({ groups: 1, members: 2 });
    for (const { before, event, state } of walk(2, 2, 4000, 9583)) {
      for (const group of [0, 1]) {
        const was = only(before, group);
        const concerned = event.to === 'router' || event.group === group;
        const own = event.to === 'router' ? event : { ...event, group: 0 };
        expect(only(state, group)).toEqual(concerned ? alone.step(was, own).state : was);
      }
    }
  });
});

/** Keys of an object in one order: the composition builds its objects in another order than the system. */
function keyOf(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function only(state: SystemState, group: number): SystemState {
  return {
    router: state.router,
    groups: [state.groups[group]!],
    entries: [state.entries[group]!],
    link: [state.link[group]!],
  };
}

import { expect, it } from 'vitest';
import type { BugName } from '../component/bugs.ts';
import { type CheckModelOptions, createCheckModel } from './check-model.ts';

/** Enough for every kind of step, and not for a slow test. */
const most = 4000;

/** The states that are reached first, each with its successors as `successors` gives them. */
function* statesOf(model: ReturnType<typeof createCheckModel>) {
  const { words } = model;
  const out = {
    states: new Uint32Array(model.maxSuccessors * words),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  const seen = new Map(model.initial.map((state) => [state.join(), Uint32Array.from(state)]));
  for (const state of seen.values()) {
    model.successors(state, 0, out);
    const steps = Array.from({ length: out.count }, (_, i) => ({
      label: out.labels[i]!,
      to: out.states.slice(i * words, (i + 1) * words),
    }));
    for (const { to } of steps) if (seen.size < most && !seen.has(to.join())) seen.set(to.join(), to);
    yield { state, steps };
  }
}

/** Their steps depend on the other cells, or do something to them. */
const bugs: BugName[] = ['line-set-compare', 'poisoned-config', 'partial-snapshot'];
const sizes: CheckModelOptions[] = [
  { groups: 1, members: 2 },
  { groups: 2, members: 1 },
  { groups: 2, members: 1, symmetry: false },
  ...bugs.map((bug): CheckModelOptions => ({ groups: 2, members: 1, bug })),
];

it.each(sizes)('says by numbers what the model says by states: %j', (options) => {
  const model = createCheckModel(options);
  const { numbering, words } = model;
  const out = { numbers: new Uint32Array(model.maxSuccessors), count: 0 };
  const numbers = new Set<number>();
  let wrong = 0;
  for (const { state, steps } of statesOf(model)) {
    const own = numbering!.rank(state, 0);
    numbers.add(own);
    const again = new Uint32Array(words);
    numbering!.unrank(own, again, 0);
    const expected = steps.map(({ label, to }) => ({ kind: model.kindOf(label), number: numbering!.rank(to, 0) }));
    const all = numbering!.targets(state, 0, out);
    const found = new Set(out.numbers.subarray(0, out.count)).add(own);
    numbering!.systemTargets(state, 0, out);
    const foundBySystem = new Set(out.numbers.subarray(0, out.count)).add(own);
    const of = (taken: typeof expected) => new Set(taken.map(({ number }) => number)).add(own);
    const agrees =
      own < numbering!.size &&
      again.join() === state.join() &&
      all === steps.length &&
      found.symmetricDifference(of(expected)).size === 0 &&
      foundBySystem.symmetricDifference(of(expected.filter(({ kind }) => kind === 'system'))).size === 0;
    if (!agrees) wrong++;
  }
  expect({ wrong, numbers: numbers.size }).toEqual({ wrong: 0, numbers: [...statesOf(model)].length });
});

it('leaves few gaps', () => {
  expect(createCheckModel({ groups: 3, members: 2 }).numbering!.size).toBe(48_629_944); // 37,403,504 are reached
});

it('is not for models with too many states to number', () => {
  expect(createCheckModel({ groups: 4, members: 3, symmetry: false }).numbering).toBeUndefined();
});

import type { Model, Numbering, Targets } from '../src/model.ts';

/** The model with a numbering, whose targets are taken from `successors`. */
export function numbered(model: Model, of: Pick<Numbering, 'size' | 'rank' | 'unrank'>): Model {
  const out = {
    states: new Uint32Array(model.maxSuccessors * model.words),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  const targets = (states: Uint32Array, at: number, to: Targets, isTaken: (label: number) => boolean): number => {
    out.count = 0;
    model.successors(states, at, out);
    to.count = 0;
    for (let i = 0; i < out.count; i++) {
      if (isTaken(out.labels[i]!)) to.numbers[to.count++] = of.rank(out.states, i * model.words);
    }
    return out.count;
  };
  return {
    ...model,
    numbering: {
      ...of,
      targets: (states, at, to) => targets(states, at, to, () => true),
      systemTargets: (states, at, to) => targets(states, at, to, (label) => model.kindOf(label) === 'system'),
    },
  };
}

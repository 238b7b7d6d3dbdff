import { requireViolated } from './contract/answers.ts';
import { chunkLength, type Expander } from './expand.ts';
import type { Findings } from './findings.ts';
import type { Model, Numbering } from './model.ts';
import { control, noParent, type Store } from './store.ts';
import { createSampler } from './successors/sampler.ts';
import { createTargetProbe, createTargets, requireCount } from './successors/successors.ts';

/**
 * Expands states of a model that numbers them: a bit for each number says whether its state was reached. The bits of tens
 * of millions of states fit a core's own cache, where a hash table of them is a memory access for each transition.
 */
export function createNumberedExpander(
  model: Model,
  numbering: Numbering,
  seen: Int32Array,
  store: Store,
  findings: Findings,
): Expander {
  const { words } = model;
  const { states, parents, slots } = store;
  const shared = store.control;
  const sample = createSampler();
  const probe = createTargetProbe(model, numbering);
  const out = createTargets(model);
  const { numbers } = out;
  const most = chunkLength(model) * model.maxSuccessors;
  const fresh = new Uint32Array(most);
  const freshParents = new Uint32Array(most);
  let count = 0;

  function meet(number: number, parent: number): void {
    const bit = 1 << (number & 31);
    if ((seen[number >>> 5]! & bit) !== 0) return;
    // Of several threads that meet a state at the same time, the one that sets its bit takes it.
    if ((Atomics.or(seen, number >>> 5, bit) & bit) !== 0) return;
    fresh[count] = number;
    freshParents[count++] = parent;
  }

  function keep(): void {
    const first = Atomics.add(shared, control.count, count);
    for (let i = 0; i < count; i++) {
      const index = first + i;
      const number = fresh[i]!;
      numbering.unrank(number, states, index * words);
      parents[index] = freshParents[i]!;
      slots[number] = index + 1;
      const violated = model.violations(states, index * words);
      if (violated !== 0) findings.note(requireViolated(model, violated), index);
    }
    count = 0;
  }

  return {
    flush() {},
    addInitial() {
      for (const initial of model.initial) meet(numbering.rank(Uint32Array.from(initial), 0), noParent);
      keep();
    },
    expand(from, to) {
      sample(from, to, (index) => probe(states, index * words));
      const [map, reached] = [seen, numbers];
      let transitions = 0;
      for (let index = from; index < to; index++) {
        out.count = 0;
        transitions += numbering.targets(states, index * words, out);
        const end = out.count;
        requireCount(model, end);
        for (let i = 0; i < end; i++) {
          const number = reached[i]!;
          if ((map[number >>> 5]! & (1 << (number & 31))) === 0) meet(number, index);
        }
      }
      findings.addTransitions(transitions);
      keep();
    },
  };
}

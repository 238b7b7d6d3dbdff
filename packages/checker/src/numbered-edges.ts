import { isQuiescent } from './contract/answers.ts';
import { type EdgeBuffers, openEdges } from './edges.ts';
import { chunkLength } from './expand.ts';
import type { Model, Numbering } from './model.ts';
import type { Store } from './store.ts';
import { createTargets, requireCount } from './successors/successors.ts';
import type { Task } from './task.ts';

/** Collects the system's steps as `createEdgeWriter` does, of a model that numbers its states. */
export function createNumberedEdgeWriter(model: Model, numbering: Numbering, store: Store, buffers: EdgeBuffers): Task {
  const { words } = model;
  const { states, slots } = store;
  const graph = openEdges(buffers);
  const out = createTargets(model);
  const chunk = chunkLength(model);
  const batch = new Uint32Array(chunk * model.maxSuccessors);

  function collect(from: number, to: number): number {
    const [places, numbers] = [slots, out.numbers];
    let pending = 0;
    for (let index = from; index < to; index++) {
      out.count = 0;
      numbering.systemTargets(states, index * words, out);
      requireCount(model, out.count);
      const before = pending;
      for (let i = 0; i < out.count; i++) {
        const target = places[numbers[i]!]! - 1;
        if (target !== index) batch[pending++] = target;
      }
      graph.degrees[index] = pending - before;
      graph.quiescent[index] = isQuiescent(model, states, index * words) ? 1 : 0;
    }
    return pending;
  }

  return {
    chunk,
    run(from, to) {
      const pending = collect(from, to);
      const start = Atomics.add(graph.total, 0, pending);
      if (start + pending > graph.edges.length) return;
      graph.edges.set(batch.subarray(0, pending), start);
      let next = start;
      for (let index = from; index < to; index++) {
        graph.starts[index] = next;
        next += graph.degrees[index]!;
      }
    },
    finish: () => {},
  };
}

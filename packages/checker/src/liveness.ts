import { type Component, components } from './components.ts';
import { requireOptions } from './contract/require-options.ts';
import { allocateEdges, type EdgeBuffers, type EdgeGraph, openEdges } from './edges.ts';
import { CheckerError } from './errors.ts';
import type { Exploration } from './explore.ts';
import { allocateFindings } from './findings.ts';
import { megabytes, stateBytes } from './memory.ts';
import type { ModelSource } from './model.ts';
import { control } from './store.ts';
import { roundKind } from './tasks.ts';
import { lasso, type Trace, traceTo } from './trace.ts';
import { createWorkerPool } from './worker-pool.ts';

/**
 * Whether the system, left alone in any reachable state, comes to a quiescent one.
 *
 * The environment and all faults have stopped. Fairness is strong: a step of the system that can be taken again and
 * again is taken. A run then ends in a bottom component (a set of states that the system cannot leave and in which each
 * leads to each other) and visits all its states again and again. So it holds exactly when each bottom component has a
 * quiescent state; a state in which the system has nothing to do is a bottom component by itself.
 */
export interface Liveness {
  holds: boolean;
  /**
   * Most steps of the system from any reachable state until it is quiescent for good. Null when there is no such number:
   * a run may go around a cycle until fairness ends it, or it does not hold.
   */
  bound: number | null;
  /** Steps of the system that change something. */
  systemSteps: number;
  /** Bottom components without a quiescent state. */
  failing: number;
  /** A run to the failing component nearest to an initial state, with the cycle in it if there is one. */
  trace: Trace | null;
  seconds: number;
}

/** How liveness is checked. None of it changes the verdict. */
export interface LivenessOptions {
  /** Threads that collect the steps; 2 unless told. More than one needs `source`. */
  threads?: number;
  /** Where the explored model came from, so that workers can have it too. */
  source?: ModelSource;
}

/** Bytes that the search for components needs for each state at most, edges not counted. */
const bytesPerState = 4 + 2 + 1 + 5 * 4;

/** Below this many states one thread is faster. */
const aloneBelow = 50_000;

/** @throws CheckerError `CHECKER_BAD_OPTION`, also for an exploration that is not complete; `CHECKER_OUT_OF_MEMORY`. */
export async function checkLiveness(exploration: Exploration, options: LivenessOptions = {}): Promise<Liveness> {
  requireOptions<LivenessOptions>(options, { threads: true, source: true });
  if (!exploration.complete) {
    throw new CheckerError(
      'CHECKER_BAD_OPTION',
      'liveness is about all reachable states: explore without stopAtViolation, maxStates and maxDepth',
    );
  }
  const began = performance.now();
  const { graph, total } = await collectSteps(exploration, options);
  let bound: number | null = 0;
  let failing = 0;
  let nearest: Component | undefined;
  await components(graph, exploration.states, (component) => {
    if (component.bound === null) bound = null;
    else if (bound !== null) bound = Math.max(bound, component.bound);
    if (!component.bottom || component.quiescent > 0) return;
    failing += 1;
    bound = null;
    if (!nearest || component.least < nearest.least) nearest = { ...component };
  });
  return {
    holds: failing === 0,
    bound,
    systemSteps: total,
    failing,
    trace: nearest ? traceOf(exploration, graph, nearest.least) : null,
    seconds: (performance.now() - began) / 1000,
  };
}

async function collectSteps(
  exploration: Exploration,
  options: LivenessOptions,
): Promise<{ graph: EdgeGraph; total: number }> {
  const { model, states, buffers, store, memoryBytes, transitions } = exploration;
  const free = memoryBytes - states * (stateBytes(model.words) + bytesPerState) - 4 * store.slots.length;
  const most = Math.min(transitions, Math.max(0, Math.floor(free / 4)));
  const edges = reserveEdges(exploration, most);
  const threads = options.source && states >= aloneBelow ? (options.threads ?? 2) : 1;
  const job = { store: buffers, findings: allocateFindings(threads), edges };
  const pool = createWorkerPool(model, options.source, job, threads);
  try {
    if (threads > 1) pool.start();
    store.control[control.pauseAt] = 2 ** 31 - 1;
    // Workers join between rounds: several of them let one that starts late help with the rest.
    const piece = Math.max(aloneBelow, Math.ceil(states / 64));
    for (let from = 0; from < states; from += piece) {
      await pool.round(roundKind.edges, from, Math.min(states, from + piece), threads === 1);
    }
  } finally {
    await pool.stop();
  }
  const graph = openEdges(edges);
  const total = graph.total[0]!;
  if (total <= most) return { graph, total };
  throw new CheckerError(
    'CHECKER_OUT_OF_MEMORY',
    `${model.name}: the ${total.toLocaleString('en')} steps of the system need ${megabytes(4 * (total - most))} more than the ${megabytes(memoryBytes)} allowed: raise memoryBytes, or check a smaller model`,
  );
}

/** Memory for the steps of the system; what the system does not give is an error with a remedy. */
function reserveEdges({ model, states }: Exploration, most: number): EdgeBuffers {
  try {
    return allocateEdges(states, most);
  } catch (cause) {
    const message = `${model.name}: cannot reserve ${megabytes(4 * most)} for the steps of the system; set memoryBytes to less`;
    throw new CheckerError('CHECKER_OUT_OF_MEMORY', message, { cause });
  }
}

/** A failing component is left by no step: whatever is reached from a state of it leads back there. */
function traceOf(exploration: Exploration, graph: EdgeGraph, state: number): Trace {
  if (graph.degrees[state] === 0) return traceTo(exploration, state);
  const from = new Map<number, number>();
  const queue = [state];
  for (const at of queue) {
    const start = graph.starts[at]!;
    for (const next of graph.edges.subarray(start, start + graph.degrees[at]!)) {
      if (next === state) {
        const cycle = [at];
        while (cycle[0] !== state) cycle.unshift(from.get(cycle[0]!)!);
        return lasso(exploration, cycle);
      }
      if (from.has(next)) continue;
      from.set(next, at);
      queue.push(next);
    }
  }
  throw new CheckerError('CHECKER_STATE_NOT_REACHED', `no way back to state ${state} of its own component`);
}

import type { EdgeGraph } from './edges.ts';

/** A strongly connected component: states each of which leads to each other. */
export interface Component {
  /** The smallest number of its states. */
  least: number;
  size: number;
  /** How many of its states are quiescent. */
  quiescent: number;
  /** No edge leaves it. */
  bottom: boolean;
  /** Most steps from any of its states until the system is quiescent for good; null without such a number. */
  bound: number | null;
}

const unvisited = 0;
const done = 0xffff_ffff;
const unbounded = -1;
/** States visited between two turns of the event loop. */
const statesPerSlice = 2_000_000;

/**
 * Visits all components, each after every component that it leads to (Tarjan 1972, without recursion). The object given
 * to `visit` is used again.
 */
export async function components(
  graph: EdgeGraph,
  states: number,
  visit: (component: Component) => void,
): Promise<void> {
  const { edges, starts, degrees, quiescent } = graph;
  /** The order of discovery, or that of an earlier state that is led back to; `done` once the component is visited. */
  const low = new Uint32Array(states);
  /** For a state whose component is done: its bound. */
  const bounds = new Int32Array(states);
  /** The path of the search, and the next edge to take from each state of it. */
  const path = new Uint32Array(states);
  const cursors = new Uint16Array(states);
  /** 1 for a state of the path that leads back to an earlier one: it is not the first of its component (Pearce 2016). */
  const backs = new Uint8Array(states);
  /** States seen whose component is not done. */
  const open = new Uint32Array(states);
  const component: Component = { least: 0, size: 0, quiescent: 0, bottom: true, bound: 0 };
  let openLength = 0;
  let order = 0;

  /** Takes the component that `root` was the first state of. */
  function close(root: number): void {
    let from = openLength;
    do from -= 1;
    while (open[from] !== root);
    const size = openLength - from;
    component.least = root;
    component.size = size;
    component.quiescent = 0;
    component.bottom = true;
    let farthest = 0;
    for (let i = from; i < openLength; i++) {
      const state = open[i]!;
      if (state < component.least) component.least = state;
      component.quiescent += quiescent[state]!;
      const end = starts[state]! + degrees[state]!;
      for (let edge = starts[state]!; edge < end; edge++) {
        const next = edges[edge]!;
        if (low[next] !== done) continue;
        component.bottom = false;
        const bound = bounds[next]!;
        if (bound === unbounded || farthest === unbounded) farthest = unbounded;
        else if (bound > farthest) farthest = bound;
      }
    }
    const bound = boundOf(component, farthest);
    component.bound = bound === unbounded ? null : bound;
    for (let i = from; i < openLength; i++) {
      low[open[i]!] = done;
      bounds[open[i]!] = bound;
    }
    openLength = from;
    visit(component);
  }

  function search(root: number): void {
    let depth = 0;
    let state = root;
    let lowest = ++order;
    let back = 0;
    let edge = starts[state]!;
    let end = edge + degrees[state]!;
    low[state] = lowest;
    open[openLength++] = state;
    for (;;) {
      if (edge < end) {
        const next = edges[edge++]!;
        const seen = low[next]!;
        if (seen === unvisited) {
          low[state] = lowest;
          path[depth] = state;
          cursors[depth] = end - edge;
          backs[depth++] = back;
          state = next;
          lowest = ++order;
          back = 0;
          edge = starts[state]!;
          end = edge + degrees[state]!;
          low[state] = lowest;
          open[openLength++] = state;
        } else if (seen < lowest) {
          lowest = seen;
          back = 1;
        }
        continue;
      }
      low[state] = lowest;
      if (back === 0) close(state);
      if (depth === 0) return;
      const child = low[state]!;
      state = path[--depth]!;
      end = starts[state]! + degrees[state]!;
      edge = end - cursors[depth]!;
      lowest = low[state]!;
      back = backs[depth]!;
      if (child < lowest) {
        lowest = child;
        back = 1;
      }
    }
  }

  let pauseAt = statesPerSlice;
  for (let root = 0; root < states; root++) {
    if (low[root] === unvisited) search(root);
    if (order < pauseAt) continue;
    pauseAt = order + statesPerSlice;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Quiescent for good is a quiescent state that leads to such states only; else it takes a step, and then the farthest. */
function boundOf({ size, quiescent, bottom }: Component, farthest: number): number {
  if (quiescent === size && farthest === 0) return 0;
  if (size > 1 || farthest === unbounded || bottom) return unbounded;
  return farthest + 1;
}

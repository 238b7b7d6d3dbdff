import type { Graph } from './graph.ts';
import { greedyTour, type OpenGoals } from './greedy.ts';
import { metGoals, replay } from './replay.ts';
import { shortestPaths } from './shortest-paths.ts';
import type { Tour } from './tour.ts';

/**
 * Meets goals, each a set of edges of which one must be taken. Covering sets at least cost is NP-hard (it contains the
 * travelling salesman), so the tour is greedy; a goal without a reachable edge stays unmet, `covered` shows it.
 */
export function goalTour(graph: Graph, goals: readonly ArrayLike<number>[]): Tour {
  const paths = greedyTour(graph, new EdgeSets(graph.targets.length, goals));
  const replayed = replay(graph, paths);
  return {
    suite: 'interactions',
    goals: goals.length,
    covered: metGoals(replayed, goals),
    paths,
    steps: replayed.steps,
    cost: replayed.cost,
    lowerBound: leastCost(graph, goals),
  };
}

class EdgeSets implements OpenGoals {
  readonly #goals: readonly ArrayLike<number>[];
  /** Rows of the goals of each edge. */
  readonly #offsets: Uint32Array;
  readonly #goalsOf: Uint32Array;
  readonly #isMet: Uint8Array;
  /** Open goals of each edge. */
  readonly #open: Uint32Array;

  constructor(edges: number, goals: readonly ArrayLike<number>[]) {
    this.#goals = goals;
    this.#open = goalsPerEdge(edges, goals);
    this.#offsets = new Uint32Array(edges + 1);
    for (let edge = 0; edge < edges; edge++) this.#offsets[edge + 1] = this.#offsets[edge]! + this.#open[edge]!;
    this.#goalsOf = new Uint32Array(this.#offsets[edges]!);
    const next = this.#offsets.slice(0, edges);
    goals.forEach((goal, index) => {
      for (let at = 0; at < goal.length; at++) this.#goalsOf[next[goal[at]!]!++] = index;
    });
    this.#isMet = new Uint8Array(goals.length);
  }

  isOpen(edge: number): boolean {
    return this.#open[edge]! > 0;
  }

  meet(edge: number): void {
    if (this.#open[edge] === 0) return;
    for (let at = this.#offsets[edge]!; at < this.#offsets[edge + 1]!; at++) {
      const goal = this.#goalsOf[at]!;
      if (this.#isMet[goal] === 1) continue;
      this.#isMet[goal] = 1;
      const edges = this.#goals[goal]!;
      for (let index = 0; index < edges.length; index++) this.#open[edges[index]!]!--;
    }
  }
}

/**
 * Each goal costs at least its cheapest edge, shared between the goals that this edge can meet; and the farthest goal
 * must be reached. The larger of the two.
 */
function leastCost(graph: Graph, goals: readonly ArrayLike<number>[]): number {
  const { distance, sources } = shortestPaths(graph);
  const shared = goalsPerEdge(graph.targets.length, goals);
  let sum = 0;
  let farthest = 0;
  for (const goal of goals) {
    let share = Number.POSITIVE_INFINITY;
    let reach = Number.POSITIVE_INFINITY;
    for (let at = 0; at < goal.length; at++) {
      const edge = goal[at]!;
      const cost = graph.costs[edge]!;
      const before = distance[sources[edge]!]!;
      if (before === Number.POSITIVE_INFINITY) continue;
      share = Math.min(share, cost / shared[edge]!);
      reach = Math.min(reach, before + cost);
    }
    if (reach === Number.POSITIVE_INFINITY) continue;
    sum += share;
    farthest = Math.max(farthest, reach);
  }
  if (farthest === 0 && sum === 0) return 0;
  // A sum of fractions may be a hair above the whole number that it stands for.
  return graph.resetCost + Math.max(farthest, Math.ceil(sum - 1e-6));
}

function goalsPerEdge(edges: number, goals: readonly ArrayLike<number>[]): Uint32Array {
  const counts = new Uint32Array(edges);
  for (const goal of goals) for (let at = 0; at < goal.length; at++) counts[goal[at]!]!++;
  return counts;
}

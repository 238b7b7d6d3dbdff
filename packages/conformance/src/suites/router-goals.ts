/**
 * Test goals as a router can tell them apart: steps that do not reach the router are no goals.
 *
 * @module
 */
import type { Cell } from '@limpet/state-space';
import { reachesRouter } from '../model/costs.ts';
import type { TestModel } from '../model/test-model.ts';

/** The goal that each edge meets; -1 for a step that does not reach the router. */
export interface RouterGoals {
  readonly count: number;
  readonly goalOf: Int32Array;
}

/**
 * A goal is a step that reaches the router, in a state of the router, on a rule as the router knows it, beside other rules
 * as it knows them. Where nothing in the model can tell two such classes apart, both are one.
 *
 * @param classOf - what the router knows of a rule
 */
export function routerGoals({ model, graph, groups }: TestModel, classOf: (cell: Cell) => string): RouterGoals {
  const { compiled, layout } = model;
  const classes = classesOfBlocks(model.compiled, classOf);
  const ofRouter = new Set(compiled.moveLabel);
  const numbers = new Map<string, number>();
  const goalOf = new Int32Array(graph.targets.length).fill(-1);
  for (let node = 0; node < graph.nodes; node++) {
    const at = node * graph.words;
    const router = layout.router(graph.states, at);
    const all = Array.from(
      { length: groups },
      (_, i) => classes[compiled.base[router]! + layout.cell(graph.states, at, i)]!,
    );
    for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
      const step = Math.floor(graph.labels[edge]! / groups);
      const { text } = compiled.labels[step]!;
      if (!reachesRouter(text)) continue;
      const actor = graph.labels[edge]! % groups;
      const who = ofRouter.has(step) ? all.toSorted() : [all[actor]!, ...all.toSpliced(actor, 1).sort()];
      const name = [text, router, ...who].join(' / ');
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      goalOf[edge] = number;
    }
  }
  return { count: numbers.size, goalOf };
}

/** The edges that meet each goal, as tours take them. */
export function edgeSets({ count, goalOf }: RouterGoals): number[][] {
  const sets: number[][] = Array.from({ length: count }, () => []);
  goalOf.forEach((goal, edge) => {
    if (goal >= 0) sets[goal]!.push(edge);
  });
  return sets;
}

/** The rule's entry, what is wanted of it, and its members. */
export function wholeClass(cell: Cell): string {
  const members = cell.members.map(({ value }) => MEMBERS[value] ?? '-').sort();
  return `${pairClass(cell)} ${members.join('')}`;
}

/** The rule's entry, and what is wanted of it. */
export function pairClass({ entry, rule }: Cell): string {
  const wanted = rule.value === 'gone' ? 'nothing' : rule.value === 'revoke' ? 'removal' : 'rule';
  return `${entry.value} ${entry.context.generation} ${wanted}`;
}

const MEMBERS: Readonly<Record<string, string>> = { joining: 's', serving: 's', draining: 'd' };

function classesOfBlocks(
  { enumeration, blockOf, base }: TestModel['model']['compiled'],
  classOf: (cell: Cell) => string,
) {
  const seen = Array.from({ length: base.at(-1)! }, () => new Set<string>());
  enumeration.nodes.forEach(({ cell }, node) => {
    seen[blockOf[node]!]!.add(classOf(cell));
  });
  return seen.map((classes) => [...classes].sort().join(' or '));
}

/**
 * What it means that groups meet on a router: the goals of the suite for several groups.
 *
 * @module
 */
import type { Cell } from '../component/cell.ts';
import { ROUTER_STATES } from '../component/router-steps.ts';
import type { CheckModel } from '../transition-system/check-model.ts';

/**
 * Names the interaction that a step from a state is: (step, router's state, class of the acting group, classes of the others).
 * A step of the router itself acts on all groups alike, and which group it is makes no difference. The class of a group is the
 * state of its machine and of its rule's entry on the router, where groups meet; where nothing can tell two of these apart,
 * both are one class. The rest of a group is its own affair: the suite of all transitions of one group goes through it.
 */
export function interactionOf(model: CheckModel): (label: number, states: Uint32Array, at: number) => string {
  const { compiled, layout } = model;
  const groups = layout.wordOf.length;
  const classes = classesOfBlocks(model);
  const ofRouter = new Set(compiled.moveLabel);
  return (label, states, at) => {
    const step = Math.floor(label / groups);
    const actor = label % groups;
    const router = layout.router(states, at);
    const all = Array.from({ length: groups }, (_, i) => classes[compiled.base[router]! + layout.cell(states, at, i)]!);
    const who = ofRouter.has(step) ? all.sort() : [all[actor]!, ...all.toSpliced(actor, 1).sort()];
    return [compiled.labels[step]!.text, ROUTER_STATES[router]!, ...who].join(' | ');
  };
}

function classesOfBlocks({ compiled: { enumeration, blockOf, base } }: CheckModel): readonly string[] {
  const seen = Array.from({ length: base.at(-1)! }, () => new Set<string>());
  enumeration.nodes.forEach(({ cell }, node) => {
    seen[blockOf[node]!]!.add(classOf(cell));
  });
  return seen.map((classes) => [...classes].sort().join(' or '));
}

function classOf({ group, entry }: Cell): string {
  return `${group.value}, ${entry.value}`;
}

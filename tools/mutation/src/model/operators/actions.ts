import type { Change } from '../mutant.ts';
import { following } from '../names.ts';
import { type Statechart, writeNames } from '../statechart.ts';
import { change } from './transitions.ts';

/** Drops, doubles, exchanges or swaps an action of a branch, or of a constant that stands for several. */
export function changeActions(statechart: Statechart): Change[] {
  const inBranches = statechart.transitions.flatMap((transition) =>
    transition.branches.flatMap((branch, at) =>
      listChanges(branch.actions, statechart).map(({ what, actions }) =>
        change(transition, at, what, [{ ...branch, actions }]),
      ),
    ),
  );
  const inLists = statechart.lists.flatMap(({ name, actions: before, node }) =>
    listChanges(before, statechart).map(({ what, actions }): Change => {
      const edit = { start: node.getStart(), end: node.getEnd(), text: writeNames(actions) };
      return { at: name, what, edits: [edit] };
    }),
  );
  return [...inBranches, ...inLists];
}

function listChanges(actions: readonly string[], statechart: Statechart): { what: string; actions: string[] }[] {
  return actions.flatMap((name, at) => {
    const kind = statechart.actions.get(name);
    if (kind === 'success') return [];
    const word = kind === 'command' ? 'command' : 'action';
    const alike = [...statechart.actions].filter(([, of]) => of === kind).map(([other]) => other);
    const next = actions[at + 1];
    return [
      { what: `drop-${word}:${name}`, actions: actions.toSpliced(at, 1) },
      { what: `double-${word}:${name}`, actions: actions.toSpliced(at, 0, name) },
      ...following(alike, name, 1).map((other) => ({
        what: `swap-${word}:${name}:${other}`,
        actions: actions.with(at, other),
      })),
      ...(next === undefined
        ? []
        : [{ what: `exchange:${name}:${next}`, actions: actions.with(at, next).with(at + 1, name) }]),
    ];
  });
}

import type { Change } from '../mutant.ts';
import { following } from '../names.ts';
import { type Statechart, type Transition, writeTransition } from '../statechart.ts';

/** Drops a branch of a transition, leaves its state alone, or leads it to another state. */
export function changeTransitions(statechart: Statechart): Change[] {
  return statechart.transitions.flatMap((transition) =>
    transition.branches.flatMap((branch, at): Change[] => {
      const others = following(statechart.states, branch.target ?? transition.state, 1);
      return [
        change(transition, at, 'drop-transition', []),
        ...(branch.target === undefined ? [] : [change(transition, at, 'drop-target', [omitTarget(branch)])]),
        ...others
          .filter((state) => branch.target === undefined || state !== transition.state)
          .map((target) => change(transition, at, `retarget:${target}`, [{ ...branch, target }])),
      ];
    }),
  );
}

/** A change of the branch at `at`, in whose place there are those given. */
export function change(transition: Transition, at: number, what: string, by: Transition['branches']): Change {
  const { state, event, branches } = transition;
  return {
    at: `${state}.${event}${branches.length > 1 ? `[${at}]` : ''}`,
    what,
    edits: [writeTransition(transition, branches.toSpliced(at, 1, ...by))],
  };
}

function omitTarget({ target: _, ...rest }: Transition['branches'][number]): Transition['branches'][number] {
  return rest;
}

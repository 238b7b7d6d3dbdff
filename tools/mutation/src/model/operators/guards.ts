import type { Change } from '../mutant.ts';
import { following } from '../names.ts';
import { type Branch, type Statechart, writeTransition } from '../statechart.ts';
import { change } from './transitions.ts';

/** Drops, negates or swaps the guard of a branch, or tries the branches in another order. */
export function changeGuards({ transitions, guards, source }: Statechart): Change[] {
  const imported = source.getImportDeclarationOrThrow('xstate').getNamedImports().at(-1)!.getEnd();
  const withNot = { start: imported, end: imported, text: ', not' };
  return transitions.flatMap((transition) => {
    const { state, event, branches } = transition;
    const ofBranches = branches.flatMap((branch, at): Change[] => {
      const { guard, ...rest } = branch;
      if (guard === undefined) return [];
      const name = guard.slice(1, -1);
      const negated = change(transition, at, `negate-guard:${name}`, [{ ...branch, guard: `not(${guard})` }]);
      return [
        change(transition, at, `drop-guard:${name}`, [rest]),
        { ...negated, edits: [...negated.edits, withNot] },
        ...following(guards, name, 2).map((other) =>
          change(transition, at, `swap-guard:${name}:${other}`, [{ ...branch, guard: `'${other}'` }]),
        ),
      ];
    });
    if (branches.length < 2) return ofBranches;
    const turned: Branch[] = branches.toReversed();
    const edits = [writeTransition(transition, turned)];
    return [...ofBranches, { at: `${state}.${event}`, what: 'swap-branches', edits }];
  });
}

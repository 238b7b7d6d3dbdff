import type { MachineDescription, TransitionDescription } from '@limpet/inspection';
import type { Hierarchy } from './hierarchy.ts';

/**
 * A line from one box to another. Several transitions may share it: each is written on it. The boxes stand side by side in
 * one container; a transition between states further inside names them.
 */
export interface Arrow {
  readonly id: string;
  readonly container: string;
  readonly source: string;
  readonly target: string;
  readonly transitions: readonly TransitionDescription[];
}

/** Where each transition of a machine is drawn. */
export interface Arrangement {
  readonly arrows: readonly Arrow[];
  /**
   * By state: transitions that are written into its box, as UML does with internal ones: those that stay, come back to it, or
   * lead to a state in it or around it.
   */
  readonly inside: ReadonlyMap<string, readonly TransitionDescription[]>;
}

/** Finds the place of each transition; none is left out. */
export function arrange({ transitions }: MachineDescription, hierarchy: Hierarchy): Arrangement {
  const arrows = new Map<string, Arrow & { transitions: TransitionDescription[] }>();
  const inside = new Map<string, TransitionDescription[]>();
  for (const transition of transitions) {
    const forks = transition.targets
      .map((target) => hierarchy.fork(transition.source, target))
      .filter((fork) => fork !== undefined);
    if (forks.length === 0) {
      inside.set(transition.source, [...(inside.get(transition.source) ?? []), transition]);
      continue;
    }
    for (const { container, one, other } of forks) {
      const id = `${one}>${other}`;
      const arrow = arrows.get(id) ?? { id, container, source: one, target: other, transitions: [] };
      if (!arrow.transitions.includes(transition)) arrow.transitions.push(transition);
      arrows.set(id, arrow);
    }
  }
  return { arrows: [...arrows.values()], inside };
}

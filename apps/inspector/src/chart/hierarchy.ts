import type { MachineDescription, StateDescription } from '@limpet/inspection';

/** The states of a machine, by id and by parent. */
export interface Hierarchy {
  readonly root: StateDescription;
  state(id: string): StateDescription;
  children(id: string): readonly StateDescription[];
  /** The state, its parent, and so on up to the root. */
  line(id: string): readonly string[];
  /** The innermost state that has both in it, and its children that are, or have in them, the two. */
  fork(one: string, other: string): { container: string; one: string; other: string } | undefined;
  /** The names that lead from a state down to one in it: `busy.first`; empty when they are the same. */
  path(from: string, to: string): string;
}

/** Looks up states. @throws RangeError for an id that the machine does not have */
export function hierarchyOf({ states }: MachineDescription): Hierarchy {
  const byId = new Map(states.map((state) => [state.id, state]));
  const byParent = Map.groupBy(states, ({ parent }) => parent);
  const state = (id: string): StateDescription => {
    const found = byId.get(id);
    if (found === undefined) throw new RangeError(`no state ${id}`);
    return found;
  };
  const line = (id: string): string[] => {
    const { parent } = state(id);
    return parent === undefined ? [id] : [id, ...line(parent)];
  };
  return {
    root: states[0]!,
    state,
    children: (id) => byParent.get(id) ?? [],
    line,
    fork(one, other) {
      const lines = [line(one).toReversed(), line(other).toReversed()] as const;
      const at = lines[0].findIndex((id, index) => lines[1][index] !== id);
      // The one is in the other, or they are the same: no arrow leads from a state into itself.
      if (at < 0 || lines[1][at] === undefined) return undefined;
      return { container: lines[0][at - 1]!, one: lines[0][at]!, other: lines[1][at] };
    },
    path: (from, to) =>
      line(to)
        .slice(0, line(to).indexOf(from))
        .map((id) => state(id).key)
        .toReversed()
        .join('.'),
  };
}

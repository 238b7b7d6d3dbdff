import { type AnyStateMachine, type ContextFrom, type EventFromLogic, initialTransition, transition } from 'xstate';

/** A machine's state as plain JSON. The machines are flat, so `value` is one name. */
export interface Local<C> {
  readonly value: string;
  readonly context: Readonly<C>;
}

/** What one event does: the state after it, and the names of the actions that others may hear, in order. */
export interface Edge<C> {
  readonly next: Local<C>;
  readonly actions: readonly string[];
}

/** A machine as a table that fills itself: each pair of state and event is asked of XState once. */
export interface Table<C, E extends string> {
  initial(input: unknown): Local<C>;
  /** Undefined when no transition is possible: unknown in this state, or forbidden by its guards. */
  edge(local: Local<C>, event: E): Edge<C> | undefined;
}

type Row<C> = { local: Local<C>; edges: Map<string, Edge<C> | undefined> };

/** Public `transition()` costs 31 us, a look-up well under 1 us; contexts are small and bounded, so the table stays small. */
export function createTable<M extends AnyStateMachine>(machine: M): Table<ContextFrom<M>, EventFromLogic<M>['type']> {
  type C = ContextFrom<M>;
  const logic: AnyStateMachine = machine;
  const rows = new Map<string, Row<C>>();
  const known = new WeakMap<Local<C>, Row<C>>();

  const intern = (value: string, context: Readonly<C>): Row<C> => {
    const key = JSON.stringify([value, context]);
    const row = rows.get(key) ?? { local: { value, context }, edges: new Map() };
    rows.set(key, row);
    known.set(row.local, row);
    return row;
  };

  const ask = (local: Local<C>, type: string): Edge<C> | undefined => {
    const before = logic.resolveState({ value: local.value, context: local.context });
    if (!before.can({ type })) return undefined;
    const [after, actions] = transition(logic, before, { type });
    return { next: intern(String(after.value), after.context).local, actions: actions.map((action) => action.type) };
  };

  return {
    initial: (input) => {
      const [snapshot] = initialTransition(logic, input);
      return intern(String(snapshot.value), snapshot.context).local;
    },
    edge: (local, event) => {
      const row = known.get(local) ?? intern(local.value, local.context);
      if (!row.edges.has(event)) row.edges.set(event, ask(row.local, event));
      return row.edges.get(event);
    },
  };
}

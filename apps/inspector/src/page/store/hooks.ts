import { createContext, useContext, useSyncExternalStore } from 'react';
import type { ActorState } from './run-state.ts';
import type { RunStore } from './run-store.ts';

/** The run that the page shows. */
export const RunContext = createContext<RunStore | undefined>(undefined);

/** The run that the page shows. @throws Error outside of a page */
export function useRun(): RunStore {
  const store = useContext(RunContext);
  if (store === undefined) throw new Error('no run around this component');
  return store;
}

/** A value of the run; the component is drawn again when it is another one, and only then. */
export function useRunValue<T>(select: (store: RunStore) => T): T {
  const store = useRun();
  return useSyncExternalStore(store.subscribe, () => select(store));
}

/** An actor as it is at the cursor. */
export function useActor(id: string | undefined): ActorState | undefined {
  return useRunValue((store) => (id === undefined ? undefined : store.actor(id)));
}

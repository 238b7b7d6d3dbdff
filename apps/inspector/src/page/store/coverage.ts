import type { Message } from '@limpet/inspection';

/** How often each transition was taken in a run, by machine and transition. */
export interface Coverage {
  take(message: Message): void;
  /** @returns how often, by the transition's id */
  of(machine: string): ReadonlyMap<string, number>;
}

/** Counts as messages come. */
export function createCoverage(): Coverage {
  const machines = new Map<string, string>();
  const counts = new Map<string, Map<string, number>>();
  return {
    take(message) {
      if (message.kind === 'actor') machines.set(message.actor, message.machine);
      if (message.kind !== 'transition') return;
      const machine = machines.get(message.actor) ?? '';
      const own = counts.get(machine) ?? new Map<string, number>();
      counts.set(machine, own);
      for (const id of message.transitions) own.set(id, (own.get(id) ?? 0) + 1);
    },
    of: (machine) => counts.get(machine) ?? new Map(),
  };
}

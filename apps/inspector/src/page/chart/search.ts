import type { MachineDescription } from '@limpet/inspection';

/** The ids of the states and transitions of a machine that have all words of a text in their names, guards or actions. */
export function searchMachine({ states, transitions }: MachineDescription, text: string): string[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const has = (parts: readonly (string | undefined)[]): boolean => {
    const all = parts.join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  };
  return [
    ...states.filter(({ key, description, tags }) => has([key, description, ...tags])).map(({ id }) => id),
    ...transitions
      .filter(({ trigger, guard, actions }) => has([trigger.name, guard, ...actions.map(({ name }) => name)]))
      .map(({ id }) => id),
  ];
}

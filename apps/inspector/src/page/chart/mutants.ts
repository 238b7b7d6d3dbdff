import type { MachineDescription, Mutant, TransitionDescription } from '@limpet/inspection';

/** Whether a transition is one of the steps that a mutant changes. */
const isChangedBy = (
  machine: MachineDescription,
  { source, trigger }: TransitionDescription,
  { changes }: Mutant,
): boolean => {
  const state = machine.states.find(({ id }) => id === source)?.key;
  return changes.some((each) => each.machine === machine.id && each.state === state && each.event === trigger.type);
};

/** The mutants that a run can tell by taking a transition. */
export const mutantsOf = (
  machine: MachineDescription,
  transition: TransitionDescription,
  mutants: readonly Mutant[],
): Mutant[] => mutants.filter((mutant) => isChangedBy(machine, transition, mutant));

/** The mutants of which a run has taken a step, and those that it cannot have told. @param times how often a transition was taken */
export function toldByRun(
  machines: readonly MachineDescription[],
  mutants: readonly Mutant[],
  times: (machine: string, transition: string) => number,
): { told: Mutant[]; untold: Mutant[] } {
  const isTold = (mutant: Mutant): boolean =>
    machines.some((machine) =>
      machine.transitions.some(
        (transition) => times(machine.id, transition.id) > 0 && isChangedBy(machine, transition, mutant),
      ),
    );
  const { true: told = [], false: untold = [] } = Object.groupBy(mutants, (mutant) => String(isTold(mutant)));
  return { told, untold };
}

import { describeMachine, type MachineDescription } from '@limpet/inspection';
import { type CommandName, entryMachine, groupMachine, memberMachine, routerMachine, ruleMachine } from '@limpet/model';
import type { Playable } from '../play-machines.ts';

/** The type checker finds a command that is missing here. */
const COMMANDS = { putRule: true, removeRule: true, syncRules: true, reportRules: true } satisfies Record<
  CommandName,
  true
>;

/** The statecharts of the model, to be played: a group with bounds in which everything that it can do is possible. */
export const modelPlayables: readonly Playable[] = (
  [
    { machine: groupMachine, input: { min: 1, max: 2, capacity: 3 } },
    { machine: ruleMachine },
    { machine: memberMachine },
    { machine: routerMachine },
    { machine: entryMachine },
  ] as readonly Playable[]
).map((playable) => ({
  ...playable,
  description: describeMachine(playable.machine, { isCommand: (action) => Object.hasOwn(COMMANDS, action) }),
}));

/** The statecharts of the model, as they are drawn. */
export const modelMachines: readonly MachineDescription[] = modelPlayables.map(({ description }) => description!);

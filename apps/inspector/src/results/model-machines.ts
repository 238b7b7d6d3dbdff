import { describeMachine, type MachineDescription } from '@limpet/inspection';
import { type CommandName, entryMachine, groupMachine, memberMachine, routerMachine, ruleMachine } from '@limpet/model';
import type { AnyStateMachine } from 'xstate';

/** The type checker finds a command that is missing here. */
const COMMANDS = { putRule: true, removeRule: true, syncRules: true, reportRules: true } satisfies Record<
  CommandName,
  true
>;

/** The statecharts of the model, as they are drawn. */
export const modelMachines: readonly MachineDescription[] = (
  [groupMachine, ruleMachine, memberMachine, routerMachine, entryMachine] as readonly AnyStateMachine[]
).map((machine) => describeMachine(machine, { isCommand: (action) => Object.hasOwn(COMMANDS, action) }));

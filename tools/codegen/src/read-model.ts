import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CodegenError } from './errors.ts';
import { exploreMachine } from './explore-machine.ts';
import type { Command, Machine, Model } from './ir.ts';
import { isMachine, readMachine } from './read-machine.ts';
import { openTypes, type TypeReader } from './read-types.ts';

/**
 * Reads a folder of statecharts (`*.machine.ts`), `commands.ts` and `records.ts`: executes the machines for their
 * structure, reads their types, and refuses a model in which the two disagree.
 *
 * @throws CodegenError that names the file and what to mend
 */
export async function readModel(folder: string): Promise<Model> {
  const commandsFile = join(folder, 'commands.ts');
  const recordsFile = join(folder, 'records.ts');
  const types = openTypes();
  const commands = types.payloads(commandsFile, recordsFile);
  const machines = await readMachines(folder, commandsFile, types);
  matchCommands(machines, commands, commandsFile);
  return { machines, records: types.records(recordsFile), commands };
}

async function readMachines(folder: string, commandsFile: string, types: TypeReader): Promise<Machine[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.machine.ts')).sort();
  if (files.length === 0) throw new CodegenError('CODEGEN_NO_MODEL', folder, 'has no *.machine.ts');
  const { command } = await load(commandsFile);
  if (typeof command !== 'function')
    throw new CodegenError('CODEGEN_BAD_MACHINE', commandsFile, 'does not export the function command');
  const machines: Machine[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const module = await load(file);
    const found = Object.entries(module).filter(([, value]) => isMachine(value));
    const [entry] = found;
    if (entry === undefined || found.length > 1)
      throw new CodegenError('CODEGEN_BAD_MACHINE', file, 'must export exactly one machine');
    const [exportName, value] = entry;
    if (!isMachine(value)) throw new CodegenError('CODEGEN_BAD_MACHINE', file, `${exportName} is not a machine`);
    const machine = await inFile(file, () => readMachine(value, file, exportName, command));
    exploreMachine(value, file, exportName, module.exampleInput);
    matchEvents(machine, types.eventTypes(file, exportName));
    machines.push(machine);
  }
  return machines;
}

function load(file: string): Promise<Record<string, unknown>> {
  return inFile(file, () => import(/* @vite-ignore */ pathToFileURL(file).href));
}

/** XState throws for a target or an initial state that does not exist, some when the module is executed, some later: name the file. */
async function inFile<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CodegenError) throw error;
    throw new CodegenError('CODEGEN_BAD_MACHINE', file, error instanceof Error ? error.message : String(error));
  }
}

function matchEvents(machine: Machine, typed: readonly string[]): void {
  const unhandled = typed.filter((event) => !machine.events.includes(event));
  const untyped = machine.events.filter((event) => !typed.includes(event));
  if (unhandled.length === 0 && untyped.length === 0) return;
  const parts = [
    unhandled.length > 0 ? `typed but in no transition: ${unhandled.join(', ')}` : '',
    untyped.length > 0 ? `in a transition but not typed: ${untyped.join(', ')}` : '',
  ];
  throw new CodegenError(
    'CODEGEN_EVENTS_DIFFER',
    machine.file,
    `${machine.exportName}: events ${parts.filter(Boolean).join('; ')}`,
  );
}

function matchCommands(machines: readonly Machine[], commands: readonly Command[], commandsFile: string): void {
  const payloads = new Set(commands.map((command) => command.name));
  for (const machine of machines) {
    const bare = machine.commands.find((name) => !payloads.has(name));
    if (bare !== undefined) {
      throw new CodegenError(
        'CODEGEN_COMMAND_WITHOUT_PAYLOAD',
        machine.file,
        `the command ${bare} has no payload: add it to CommandPayloads in ${commandsFile}`,
      );
    }
  }
  const used = new Set(machines.flatMap((machine) => machine.edges.flatMap((edge) => edge.actions)));
  const declared = new Set(machines.flatMap((machine) => machine.commands));
  const idle = commands.find((command) => !declared.has(command.name) || !used.has(command.name));
  if (idle !== undefined) {
    throw new CodegenError(
      'CODEGEN_PAYLOAD_WITHOUT_COMMAND',
      commandsFile,
      `no machine has a transition with the command ${idle.name}`,
    );
  }
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeMachine, isMachine } from '@limpet/inspection';
import type { Playable } from '@limpet/inspector';
import type { AnyStateMachine } from 'xstate';
import { CliError } from '../errors.ts';

/**
 * The machines that a module exports, in the order of its exports. The module is run, as any import is.
 *
 * @param file - JavaScript, or TypeScript that Node can strip
 * @throws CliError `USAGE` that names the file
 */
export async function loadMachines(file: string): Promise<Required<Omit<Playable, 'input'>>[]> {
  const fail = (problem: string): CliError => new CliError('USAGE', `--machine ${file}: ${problem}`);
  const path = resolve(file);
  if (!existsSync(path)) throw fail('there is no such file');
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    throw fail(
      `it cannot be loaded: ${error instanceof Error ? error.message : String(error)}; run it with node alone to see why`,
    );
  }
  const machines = new Set(Object.values(module).filter(isMachine));
  if (machines.size === 0)
    throw fail('it exports no machine of XState 5; export what createMachine or setup(...).createMachine returns');
  return uniquelyNamed([...machines]);
}

/** Charts are chosen by the machines' ids, and nobody has to give a machine one. */
function uniquelyNamed(machines: readonly AnyStateMachine[]): Required<Omit<Playable, 'input'>>[] {
  const times = new Map<string, number>();
  return machines.map((machine) => {
    const description = describeMachine(machine);
    const time = (times.get(machine.id) ?? 0) + 1;
    times.set(machine.id, time);
    return { machine, description: time === 1 ? description : { ...description, id: `${machine.id} (${time})` } };
  });
}

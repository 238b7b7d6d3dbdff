import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { suggest } from '@limpet/operations';
import { SimulatorError } from '../errors.ts';
import { parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';

const shipped = new URL('../../scenarios/', import.meta.url);

/** Names of the scenarios that come with Limpet. */
export async function listScenarios(): Promise<string[]> {
  const files = await readdir(shipped);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/**
 * A shipped scenario by its name, or one from a YAML file.
 *
 * @throws SimulatorError `SCENARIO_NOT_FOUND` or `SCENARIO_INVALID`
 */
export async function loadScenario(nameOrPath: string): Promise<Scenario> {
  const names = await listScenarios();
  if (names.includes(nameOrPath)) {
    return parseScenario(await readFile(new URL(`${nameOrPath}.yaml`, shipped), 'utf8'), `${nameOrPath}.yaml`);
  }
  let text: string;
  try {
    text = await readFile(nameOrPath, 'utf8');
  } catch (error) {
    const near = suggest(nameOrPath, names);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    const message = `no scenario and no readable file called ${nameOrPath}${hint} (shipped: ${names.join(', ')})`;
    throw new SimulatorError('SCENARIO_NOT_FOUND', message, { cause: error });
  }
  return parseScenario(text, nameOrPath);
}

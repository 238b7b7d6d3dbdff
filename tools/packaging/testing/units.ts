import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../src/bundle.ts';

/** The units of systemd that the package installs. */
export const unitsFolder = fileURLToPath(new URL('../systemd', import.meta.url));
export const units = ['limpet-agent.service', 'limpet-haproxy.service', 'limpet-haproxy.path'] as const;

export type UnitName = (typeof units)[number];

/** The values that a unit's file gives a key: `ExecStart`. */
export function valuesOf(unit: UnitName, key: string): string[] {
  const lines = readFileSync(`${unitsFolder}/${unit}`, 'utf8').split('\n');
  return lines.flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
}

/** The words that run what a unit runs, with its environment, and with the capabilities that it has and no others. */
export function commandOf(unit: UnitName): [string, ...string[]] {
  const [bounds] = valuesOf(unit, 'CapabilityBoundingSet');
  const capabilities = bounds!.split(' ').map((name) => `+${name.replace(/^CAP_/, '').toLowerCase()}`);
  const [command] = valuesOf(unit, 'ExecStart');
  return [
    'setpriv',
    '--no-new-privs',
    `--inh-caps=-all,${capabilities.join(',')}`,
    `--bounding-set=-all,${capabilities.join(',')}`,
    ...['env', ...valuesOf(unit, 'Environment')],
    ...command!.split(' '),
  ];
}

/** What runs a program with the environment and the capabilities of the agent's unit. */
export function environmentOfAgent(): [string, ...string[]] {
  const [first, ...rest] = commandOf('limpet-agent.service');
  return [first, ...rest.slice(0, rest.indexOf('/usr/lib/limpet/node'))];
}

/** What runs a bundle with the environment and the capabilities of the agent's unit. */
export function programOf(bundle: string): [string, ...string[]] {
  return [...environmentOfAgent(), process.execPath, ...NODE_FLAGS, bundle];
}

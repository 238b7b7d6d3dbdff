import type { CommandResult } from '@limpet/contract';
import { SimulatorError } from '../errors.ts';

/** Why a router did not apply a command, in its own words; undefined when it did. */
export function refusalOf({ outcome, rules }: CommandResult): string | undefined {
  if (outcome === 'applied') return undefined;
  const refused = rules.find((rule) => rule.conditions.some((condition) => condition.status === 'False'));
  const reason = refused?.conditions.find((condition) => condition.status === 'False')?.message ?? outcome;
  const place = refused === undefined ? 'the rules' : `${refused.key.ip}:${refused.key.port}`;
  return `the router does not take ${place}: ${reason}`;
}

/** @throws SimulatorError `ROUTER_REFUSED` when the router did not apply the command: a simulation needs its first rules. */
export function applyOrThrow(result: CommandResult): void {
  const refusal = refusalOf(result);
  if (refusal !== undefined) throw new SimulatorError('ROUTER_REFUSED', refusal);
}

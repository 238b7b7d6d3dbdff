/**
 * The catalogue of bugs at a router: real bugs of real routers, and mutations, each a switch that is off by default.
 * Those of CloudStack's own router are its deviations; the others are faults of Limpet's router, injected at its ports.
 * Bugs of the management side are switches of the model.
 *
 * @module
 */

import { type KnownDefectName, cloudStackDefects as knownDefects } from '@limpet/router';
import { acceptFaults } from './accept-faults.ts';
import { answerFaults } from './answer-faults.ts';
import type { Fault, OpenRouter } from './fault.ts';
import { machineFaults } from './machine-faults.ts';
import { ruleFaults } from './rule-faults.ts';

export type { OpenRouter } from './fault.ts';
export { type OutOfScope, outOfScope } from './out-of-scope.ts';

/** A bug of a router. */
export interface RouterBug {
  readonly name: string;
  /** The router that has it when the switch is on. */
  readonly router: 'haproxy' | 'cloudstack';
  /** Where it happened; `mutation`: nowhere that we know of, but it could. */
  readonly upstream: readonly string[];
  /** One sentence: what the router does when the switch is on. */
  readonly sentence: string;
  /** The invariant that forbids it, as the model names them. */
  readonly invariant: string;
  /** The fields of a rule or a member that have to vary for it to show; missing: any tour shows it. */
  readonly field?: string;
  /**
   * With `router: 'cloudstack'`, the switch: `createCloudStackRouter({ version: 'fixed', deviations: { [deviation]: true } })`
   * has this bug alone.
   */
  readonly defect?: KnownDefectName;
}

const faults: readonly Fault[] = [...ruleFaults, ...answerFaults, ...machineFaults, ...acceptFaults];

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Every bug at a router, by a name that is unique here. */
export const ROUTER_BUGS: readonly RouterBug[] = [
  ...faults.map(({ inject, ...bug }): RouterBug => ({ ...bug, router: 'haproxy' })),
  ...Object.entries(knownDefects).map(
    ([defect, { upstream, sentence, invariant, ...rest }]): RouterBug => ({
      name: `cloudstack-${kebab(defect)}`,
      router: 'cloudstack',
      upstream,
      sentence,
      invariant,
      ...rest,
      defect: defect as KnownDefectName,
    }),
  ),
];

/**
 * Limpet's router with one bug: `applyRouterBug('weight-ignored', (dataPlane) => createHaproxyRouter({ dataPlane, dir }))`.
 * What comes back opens routers that have it, one after the other on the same machine, as after crashes.
 *
 * @param name of a bug with `router: 'haproxy'`.
 * @throws RangeError when there is none of this name.
 */
export function applyRouterBug(name: string, open: OpenRouter): OpenRouter {
  const fault = faults.find((each) => each.name === name);
  if (!fault) {
    throw new RangeError(
      `"${name}" is no bug of Limpet's router; there are ${faults.map((each) => each.name).join(', ')}`,
    );
  }
  return fault.inject(open);
}

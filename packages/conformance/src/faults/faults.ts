/**
 * The catalogue of router faults: defects that real routers had, and mutations. Each is off unless it is named.
 *
 * Faults of Limpet's router are injected at its ports. Faults of CloudStack's router are known defects, which that router
 * switches on itself. Faults of the management side are switches of the model (`BUGS` of `@limpet/state-space`).
 *
 * @module
 */

import { type KnownDefectName, cloudStackDefects as knownDefects } from '@limpet/router';
import { acceptFaults } from './accept-faults.ts';
import { answerFaults } from './answer-faults.ts';
import { configFaults } from './config-faults.ts';
import type { Fault, OpenRouter } from './fault.ts';
import { hostFaults } from './host-faults.ts';
import { machineFaults } from './machine-faults.ts';
import { ruleFaults } from './rule-faults.ts';

export type { OpenRouter } from './fault.ts';
export { type OutOfScope, outOfScope } from './out-of-scope.ts';

/** A fault of a router; a router with exactly one of them is a mutant. */
export interface RouterFault {
  readonly name: string;
  /** The router that has it when the switch is on. */
  readonly router: 'haproxy' | 'cloudstack';
  /** Where the fault was reported; `mutation` when no report is known. */
  readonly upstream: readonly string[];
  /** One sentence: what the router does when the switch is on. */
  readonly sentence: string;
  /** Name of the model's invariant that forbids it, such as `B12`. */
  readonly invariant: string;
  /** The field of a rule or a member that has to vary for the fault to show. Undefined: any tour shows it. */
  readonly field?: string;
  /** The only suite that shows it. Undefined: paths through the model do. */
  readonly suite?: 'changes';
  /**
   * With `router: 'cloudstack'`, the known defect: `createCloudStackRouter({ version: 'fixed', knownDefects: { [defect]: true } })`
   * has this fault alone.
   */
  readonly defect?: KnownDefectName;
}

const faults: readonly Fault[] = [
  ...ruleFaults,
  ...answerFaults,
  ...machineFaults,
  ...acceptFaults,
  ...configFaults,
  ...hostFaults,
];

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** All faults of routers. Names are unique. */
export const ROUTER_FAULTS: readonly RouterFault[] = [
  ...faults.map(({ inject, ...fault }): RouterFault => ({ ...fault, router: 'haproxy' })),
  ...Object.entries(knownDefects).map(
    ([defect, { upstream, sentence, invariant, ...rest }]): RouterFault => ({
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
 * Injects one fault into Limpet's router: `injectFault('weight-ignored', (dataPlane) => createHaproxyRouter({ dataPlane, dir }))`.
 * The returned function opens routers with the fault. Call it again to reopen the router on the same host, as after a crash.
 *
 * @param name - of a fault with `router: 'haproxy'`
 * @throws RangeError when Limpet's router has no fault of this name
 */
export function injectFault(name: string, open: OpenRouter): OpenRouter {
  const fault = faults.find((each) => each.name === name);
  if (!fault) {
    throw new RangeError(
      `"${name}" is no fault of Limpet's router; there are ${faults.map((each) => each.name).join(', ')}`,
    );
  }
  return fault.inject(open);
}

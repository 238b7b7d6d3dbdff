/**
 * What must be observed after a step: derived from the state of the model and the concrete rules.
 *
 * @module
 */
import type { RuleKey, VersionedRule } from '@limpet/contract';
import type { Cell, Position } from '@limpet/state-space';
import { ConformanceError } from '../errors.ts';
import { isPresent } from '../model/generations.ts';
import { type ConcreteRule, keyOf } from './concrete-rule.ts';

/** What the router may and must say of a rule. `unknown`: what it says is checked against what it does, and may be anything. */
export type Claim = 'nothing' | 'in force' | 'refused' | 'unknown';

/** What a rule must look like from outside. */
export interface ExpectedRule {
  readonly key: RuleKey;
  /** What the management side wants; undefined: that there is no such rule. */
  readonly wanted: VersionedRule | undefined;
  /** What HAProxy and the packet filter have; undefined: no trace of the rule. */
  readonly installed: VersionedRule | undefined;
  readonly claim: Claim;
}

/** What must be seen after a step. */
export interface ExpectedOutcome {
  readonly up: boolean;
  readonly rules: readonly ExpectedRule[];
  /** VMs that run. */
  readonly alive: ReadonlySet<string>;
  /** The router answers reports. */
  readonly reports: boolean;
}

/** @param alive - VMs that run */
export function expectedOutcome(
  { router, cells }: Position,
  groups: readonly ConcreteRule[],
  alive: ReadonlySet<string>,
): ExpectedOutcome {
  const up = router === 'running' || router === 'unreachable';
  return {
    up,
    reports: router === 'running',
    alive,
    rules: groups.map((concrete, i) => {
      const { installed, rule, generation } = concrete;
      const wanted = isPresent(cells[i]!) ? { rule, generation } : undefined;
      return {
        key: keyOf(concrete),
        wanted,
        installed: up ? installed : undefined,
        claim: claimOf(cells[i]!, concrete, alive),
      };
    }),
  };
}

export function claimOf(
  { entry }: Cell,
  { installed, refusedRemoval }: ConcreteRule,
  alive: ReadonlySet<string>,
): Claim {
  const answers = installed?.rule.members.every(({ vm }) => alive.has(vm)) ?? true;
  if (entry.value === 'refused') return refusedRemoval ? 'unknown' : 'refused';
  if (entry.value === 'programmed' || entry.value === 'inForce') return answers ? 'in force' : 'unknown';
  return 'nothing';
}

/** @throws ConformanceError `CONFORMANCE_BINDING` when a record says otherwise than the model. */
export function assertAgreement({ cells }: Position, groups: readonly ConcreteRule[], sentence: string): void {
  cells.forEach(({ entry }, i) => {
    const { installed, generation } = groups[i]!;
    const has = entry.value === 'programmed' || entry.value === 'inForce';
    const none = entry.value === 'empty' || entry.value === 'removed';
    const isLatest = installed?.generation === generation;
    if ((has && isLatest !== (entry.context.generation === 'current')) || (none && installed !== undefined)) {
      const what = `the entry of rule ${i + 1} is ${entry.value} (${entry.context.generation}), its record is of generation ${installed?.generation ?? 'none'} of ${generation}`;
      throw new ConformanceError('CONFORMANCE_BINDING', `after "${sentence}" ${what}: binding.ts misses a step`);
    }
  });
}

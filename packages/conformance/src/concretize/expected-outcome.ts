/**
 * What must be observed after a step: derived from the state of the model and the concrete rules.
 *
 * @module
 */
import type { RuleKey, VersionedRule } from '@limpet/contract';
import { type Cell, type HostNeed, lackedBy, type Position } from '@limpet/state-space';
import { ConformanceError } from '../errors.ts';
import { isPresent } from '../model/generations.ts';
import { type ConcreteRule, installedOf, isRemovalRefused, keyOf } from './concrete-rule.ts';

/** What the router may and must report of a rule. `unknown`: any report, as long as it agrees with the data plane. */
export type Claim = 'nothing' | 'in force' | 'refused' | 'unknown';

/** What must be observed of one rule. */
export interface ExpectedRule {
  readonly key: RuleKey;
  /** What the management side wants; undefined when it wants no such rule. */
  readonly wanted: VersionedRule | undefined;
  /** What HAProxy and the packet filter must have; undefined: no trace of the rule. */
  readonly installed: VersionedRule | undefined;
  readonly claim: Claim;
  /** What the host has taken from the rule: it is refused for the want of that. */
  readonly lacks?: HostNeed | undefined;
}

/** What must be observed after a step. */
export interface ExpectedOutcome {
  /** The router's host runs. */
  readonly up: boolean;
  readonly rules: readonly ExpectedRule[];
  /** Names of the VMs that run. */
  readonly alive: ReadonlySet<string>;
  /** The router answers reports. */
  readonly reports: boolean;
}

/** Derives the expected outcome of a step. @param alive - names of the VMs that run */
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
      const { rule, generation } = concrete;
      const wanted = isPresent(cells[i]!) ? { rule, generation } : undefined;
      return {
        key: keyOf(concrete),
        wanted,
        installed: up ? installedOf(concrete) : undefined,
        claim: claimOf(cells[i]!, concrete, alive),
        lacks: lackedBy(cells[i]!.entry),
      };
    }),
  };
}

function claimOf({ entry }: Cell, concrete: ConcreteRule, alive: ReadonlySet<string>): Claim {
  const answers = installedOf(concrete)?.rule.members.every(({ vm }) => alive.has(vm)) ?? true;
  if (lackedBy(entry) !== undefined) return 'refused';
  if (entry.value === 'refused') return isRemovalRefused(concrete) ? 'unknown' : 'refused';
  if (entry.value === 'programmed' || entry.value === 'inForce') return answers ? 'in force' : 'unknown';
  return 'nothing';
}

/** @throws ConformanceError `CONFORMANCE_BINDING` when a concrete rule disagrees with the model's state */
export function assertAgreement({ cells }: Position, groups: readonly ConcreteRule[], sentence: string): void {
  cells.forEach(({ entry }, i) => {
    const { generation } = groups[i]!;
    const installed = installedOf(groups[i]!);
    const has = entry.value === 'programmed' || entry.value === 'inForce';
    const none = entry.value === 'empty' || entry.value === 'removed';
    const isLatest = installed?.generation === generation;
    if ((has && isLatest !== (entry.context.generation === 'current')) || (none && installed !== undefined)) {
      const what = `the entry of rule ${i + 1} is ${entry.value} (${entry.context.generation}), its record is of generation ${installed?.generation ?? 'none'} of ${generation}`;
      throw new ConformanceError('CONFORMANCE_BINDING', `after "${sentence}" ${what}: stimuli.ts misses a step`);
    }
  });
}

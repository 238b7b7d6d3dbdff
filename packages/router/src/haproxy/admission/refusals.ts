import type { RuleRecord } from '@limpet/contract';
import type { DesiredRule } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';
import type { Certificates } from '../config/certificates.ts';
import type { RouterSettings } from '../config/settings.ts';
import { remainingCapacity } from './capacity.ts';
import { Forwarding } from './forwarding.ts';
import { conflictsOfNewRules, type PortConflicts } from './port-conflicts.ts';
import { validateRule } from './validate-rule.ts';

/** The host and the router as far as they decide whether a rule can be served. */
export interface AdmissionFacts {
  settings: RouterSettings;
  /** IPv4 addresses of the host. */
  local: ReadonlySet<string>;
  /** Those that the rules name. */
  certificates: Certificates;
  portConflicts: PortConflicts;
  /** File descriptors that the host gives to a process. */
  descriptorLimit: number;
  /** Whether HAProxy can bind addresses that the host does not have. */
  bindsNonlocal: boolean;
  /** What HAProxy has, by rule id. */
  programmed: ReadonlyMap<string, DesiredRule>;
}

/** Why rules cannot be served here as the host is now, by rule id. Rules that come first take their share first. Pure. */
export function refusalsOf(rules: readonly RuleRecord[], facts: AdmissionFacts): Map<string, Refusal> {
  const { bindsNonlocal, certificates, descriptorLimit, local, programmed, settings } = facts;
  const capacity = remainingCapacity(rules, programmed, settings, descriptorLimit);
  const portConflicts = conflictsOfNewRules(facts.portConflicts, programmed);
  const forwarding = new Forwarding(rules, programmed);
  const known = { bindsNonlocal, certificates, capacity, forwarding, portConflicts };
  const refusals = new Map<string, Refusal>();
  for (const rule of rules) {
    const refusal = validateRule(rule, settings, local, known);
    if (refusal) {
      refusals.set(ruleId(rule), refusal);
    } else {
      capacity.take(rule);
      forwarding.take(rule);
    }
  }
  return refusals;
}

import type { CommandResult, Condition, RuleStatus } from '@limpet/contract';
import { ruleId } from '@limpet/router';
import type { HostNeed } from '@limpet/state-space';
import type { Claim, ExpectedOutcome, ExpectedRule } from '../concretize/expected-outcome.ts';
import type { Observation } from './observe.ts';
import { expectedObservation, noObservation, type RuleObservation } from './rule-observation.ts';

/** A difference between what is expected and what was observed. */
export interface Difference {
  /** The check that found it, such as `sticky`. */
  readonly check: string;
  /** The rule or part that differs, such as `203.0.113.10:8080`. */
  readonly of: string;
  readonly expected: string;
  readonly observed: string;
}

const wordsOf = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value.length === 0 ? 'none' : value.join(', ');

/**
 * Compares an observation with the expected outcome.
 *
 * @param emptyToo - also compares rules without members
 */
export function differences(expected: ExpectedOutcome, observed: Observation, emptyToo: boolean): Difference[] {
  const found = expected.rules
    .filter(({ installed }) => emptyToo || installed === undefined || installed.rule.members.length > 0)
    .flatMap((rule) => ruleDifferences(rule, expected.alive, observed.rules[ruleId(rule.key)] ?? noObservation));
  for (const line of observed.twice)
    found.push({ check: 'accepts', of: 'the packet filter', expected: 'each line once', observed: `${line} twice` });
  for (const line of observed.files)
    found.push({ check: 'files', of: 'the files', expected: 'what HAProxy runs', observed: line });
  if (observed.workers > 1)
    found.push({ check: 'workers', of: 'HAProxy', expected: '1 worker', observed: `${observed.workers} workers` });
  return found;
}

function ruleDifferences(
  { key, installed }: ExpectedRule,
  alive: ReadonlySet<string>,
  seen: RuleObservation,
): Difference[] {
  const wanted = installed === undefined ? noObservation : expectedObservation(installed.rule, alive);
  const names = new Set([...Object.keys(wanted), ...Object.keys(seen)]) as Set<keyof RuleObservation>;
  return [...names].flatMap((check) => {
    if (installed !== undefined && (wanted[check] === undefined || seen[check] === undefined)) return [];
    const [expected, observed] = [wordsOf(wanted[check]), wordsOf(seen[check])];
    return expected === observed ? [] : [{ check, of: ruleId(key), expected, observed }];
  });
}

/** Of the condition `InForce` of a rule that lacks it. */
const REASONS: Readonly<Record<HostNeed, string>> = {
  address: 'AddressNotLocal',
  certificate: 'CertificateUnreadable',
};

/**
 * Compares the statuses in a report with the expected outcome.
 *
 * @param mustClaim - the router has to report InForce for each rule that is in force
 */
export function statusMismatches({ rules }: ExpectedOutcome, report: CommandResult, mustClaim: boolean): Difference[] {
  return rules.flatMap((rule) => {
    const of = ruleId(rule.key);
    const status = report.rules.find(({ key }) => ruleId(key) === of);
    const said = status?.conditions.find(({ type }) => type === 'InForce');
    const claim = claimOf(status, said);
    const found: Difference[] = [];
    const silent = claim === 'unknown' && !(mustClaim && rule.claim === 'in force');
    if (rule.claim !== 'unknown' && !silent && claim !== rule.claim)
      found.push({
        check: 'report',
        of,
        expected: rule.claim,
        observed: said ? `${claim} (${said.reason}: ${said.message})` : claim,
      });
    const reason = rule.lacks && REASONS[rule.lacks];
    if (reason !== undefined && claim === 'refused' && said?.reason !== reason)
      found.push({ check: 'reason', of, expected: reason, observed: said?.reason ?? 'none' });
    if (said?.status === 'True' && said.observedGeneration !== rule.installed?.generation)
      found.push({
        check: 'generation',
        of,
        expected: `${rule.installed?.generation ?? 'none'}`,
        observed: `${said.observedGeneration}`,
      });
    return found;
  });
}

/** As in Kubernetes, a condition of an older generation does not hold for the latest. */
function claimOf(status: RuleStatus | undefined, said: Condition | undefined): Claim {
  if (status === undefined) return 'nothing';
  if (said === undefined || said.status === 'Unknown') return 'unknown';
  return said.status === 'True' && said.observedGeneration === status.generation ? 'in force' : 'refused';
}

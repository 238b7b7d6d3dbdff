/**
 * What `limpet verify` says of a host, and what it must say.
 *
 * @module
 */
import type { RuleStatus } from '@limpet/contract';
import { inspectRouter, type RouterSettings, ruleId, verifyRules } from '@limpet/router';
import type { Difference } from '../oracle/compare.ts';
import type { TestBed } from '../sut/test-bed.ts';
import type { ExpectedRules } from './expected-rules.ts';

/** What `verify` has to say of rules: of those that it must not find in force, a part of the reason and message. */
export type Verdicts = ReadonlyMap<string, RegExp>;

/** Compares what `verify` says of each rule. @param faulty - by id, the rules that it must not find in force */
export async function verdictsOf(
  testBed: TestBed,
  expected: ExpectedRules,
  { faulty, settings }: { faulty: Verdicts; settings: Partial<RouterSettings> },
): Promise<Difference[]> {
  const { dataPlane, dir } = testBed.host();
  const rules = expected.wanted();
  const snapshot = await inspectRouter({ dataPlane, dir }, rules);
  // Probes of a host in memory cost nothing; they find what is in force in force as well.
  const probe = testBed.kind === 'memory' && faulty.size === 0;
  const options = { dataPlane, dir, settings, probe };
  const statuses = await verifyRules(snapshot, { ...options, rules });
  const found = statuses.flatMap((status) => verdictOf(status, faulty.get(ruleId(status.key))));
  for (const { key, generation } of statuses) {
    const wanted = expected.generation(key);
    if (generation !== wanted)
      found.push({ check: 'verify', of: ruleId(key), expected: `generation ${wanted}`, observed: `${generation}` });
  }
  const [unwanted] = rules;
  if (unwanted === undefined || faulty.size > 0) return found;
  const others = await verifyRules(snapshot, { ...options, rules: rules.slice(1) });
  const why = new Map([[ruleId(unwanted), /^NotWanted: the router has this rule, and it is not wanted/]]);
  return [...found, ...others.flatMap((status) => verdictOf(status, why.get(ruleId(status.key))))];
}

/** Reasons of what is in force, by condition. */
const GOOD = { Accepted: /^Valid: /, Programmed: /^Programmed: /, InForce: /^Verified: the rule was proved/ } as const;
/** A rule that cannot be served here, or is not wanted, is not accepted; all others are. */
const REFUSED = /^(PortInUse|NotWanted|AddressNotLocal|CertificateUnreadable): /;
/** HAProxy has the rule, and nobody has seen it obeyed, or no client gets as far. */
const UNVERIFIED = /^(NotProved|Blocked): /;

function verdictOf({ key, conditions }: RuleStatus, why: RegExp | undefined): Difference[] {
  const said = (of: string) => {
    const found = conditions.find(({ type }) => type === of);
    return { status: found?.status ?? 'none', text: `${found?.reason}: ${found?.message}` };
  };
  const { text } = said('InForce');
  const holds = {
    Accepted: !REFUSED.test(text),
    Programmed: why === undefined || UNVERIFIED.test(text),
    InForce: !why,
  };
  return (Object.keys(GOOD) as (keyof typeof GOOD)[]).flatMap((type) => {
    const expected = holds[type] ? GOOD[type] : why!;
    const { status, text: observed } = said(type);
    return status === (holds[type] ? 'True' : 'False') && expected.test(observed)
      ? []
      : [
          {
            check: 'verify',
            of: `${ruleId(key)} ${type}`,
            expected: `${holds[type]} ${expected.source}`,
            observed: `${status} ${observed}`,
          },
        ];
  });
}

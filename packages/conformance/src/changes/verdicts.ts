/**
 * What `limpet verify` says of a host, and what it must say.
 *
 * @module
 */
import { inspectRouter, type RouterSettings, ruleId, verifyRules } from '@limpet/router';
import type { Difference } from '../oracle/compare.ts';
import type { TestBed } from '../sut/test-bed.ts';
import type { ExpectedRules } from './expected-rules.ts';

/** What `verify` has to say of rules: of those that it must not find in force, a part of the message. */
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
  const statuses = await verifyRules(snapshot, { dataPlane, dir, settings, rules, probe: false });
  return statuses.flatMap(({ key, conditions }) => {
    const of = ruleId(key);
    const said = conditions.find(({ type }) => type === 'InForce');
    const why = faulty.get(of);
    const isRight = why === undefined ? said?.status === 'True' : said?.status === 'False' && why.test(said.message);
    if (isRight) return [];
    const wanted = why === undefined ? 'in force' : `not in force: ${why.source}`;
    return [{ check: 'verify', of, expected: wanted, observed: `${said?.status} (${said?.reason}: ${said?.message})` }];
  });
}

/**
 * Values of HAProxy that its clients see only in the long run: limits of connections, and keys of cookies.
 *
 * @module
 */
import { proxyName, ruleId } from '@limpet/router';
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import type { Difference } from '../oracle/compare.ts';
import type { TestBed } from '../sut/test-bed.ts';

/** Connections at a time of a rule that says nothing. */
const MOST_CONNECTIONS = 4096;

/** Compares them with what the rules say. */
export async function runningValues(testBed: TestBed, { rules }: ExpectedOutcome): Promise<Difference[]> {
  const { dataPlane, dir } = testBed.host();
  if (!(await dataPlane.haproxy.running())) return [];
  const [stat = ''] = await dataPlane.haproxy.runtime(['show stat -1 1 -1']);
  const [head = '', ...rows] = stat.replace(/^# /, '').split('\n');
  const columns = head.split(',');
  const limits = new Map(
    rows.map((row) => {
      const cells = row.split(',');
      return [cells[0], cells[columns.indexOf('slim')]];
    }),
  );
  const wrong = rules.flatMap(({ key, installed }): Difference[] => {
    if (installed === undefined) return [];
    const expected = `${installed.rule.maxConnections ?? MOST_CONNECTIONS}`;
    const observed = limits.get(proxyName(key)) ?? 'none';
    return expected === observed ? [] : [{ check: 'limit', of: ruleId(key), expected, observed }];
  });
  return [...wrong, ...sharedKeys((await dataPlane.files.read(`${dir}/haproxy.cfg`)) ?? '')];
}

/** A cookie's value is made of a member's address and the key: a browser sends it to every rule of the host. */
function sharedKeys(config: string): Difference[] {
  const keys = [...config.matchAll(/^\s*dynamic-cookie-key (\S+)/gm)].map(([, key]) => key!);
  return new Set(keys).size === keys.length
    ? []
    : [{ check: 'cookie key', of: 'the rules', expected: 'a key each', observed: 'one key twice' }];
}

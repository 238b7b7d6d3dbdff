/**
 * Values of HAProxy that its clients see only in the long run: limits of connections, and keys of cookies.
 *
 * @module
 */
import { proxyName, type RouterSettings, ruleId } from '@limpet/router';
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import { installedConfig } from '../installed-config.ts';
import type { Difference } from '../oracle/compare.ts';
import { httpValuesIn, httpValuesOf } from '../oracle/http-values.ts';
import { sectionOf } from '../sut/config-section.ts';
import type { TestBed } from '../sut/test-bed.ts';

/** Connections at a time of a rule that says nothing. */
const MOST_CONNECTIONS = 4096;
/** Milliseconds after which a silent client is disconnected, of a router that is told nothing. */
const CLIENT_TIMEOUT_MS = 50_000;

/** Compares them with what the rules say. */
export async function runningValues(
  testBed: TestBed,
  { rules }: ExpectedOutcome,
  { timeouts }: Partial<RouterSettings>,
): Promise<Difference[]> {
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
  const config = (await installedConfig(dataPlane, dir)) ?? '';
  return [...wrong, ...configuredValues(config, rules, timeouts?.clientMs ?? CLIENT_TIMEOUT_MS), ...sharedKeys(config)];
}

/** What the sections say to members, checks and clients, and the router's own time-out for those that say none. */
function configuredValues(config: string, rules: ExpectedOutcome['rules'], clientTimeoutMs: number): Difference[] {
  const found: Difference[] = [];
  const compare = (of: string, expected: string, observed: string) => {
    if (expected !== observed) found.push({ check: 'configured', of, expected, observed });
  };
  for (const { key, installed } of rules) {
    if (installed === undefined) continue;
    const section = sectionOf(config, proxyName(key)) ?? '';
    compare(ruleId(key), httpValuesOf(installed.rule).join('; '), httpValuesIn(section).join('; '));
  }
  compare(
    'the router',
    `${clientTimeoutMs}ms`,
    /^defaults[\s\S]*?^\s+timeout client (\S+)/m.exec(config)?.[1] ?? 'none',
  );
  return found;
}

/** A cookie's value is made of a member's address and the key: a browser sends it to every rule of the host. */
function sharedKeys(config: string): Difference[] {
  const keys = [...config.matchAll(/^\s*dynamic-cookie-key (\S+)/gm)].map(([, key]) => key!);
  return new Set(keys).size === keys.length
    ? []
    : [{ check: 'cookie key', of: 'the rules', expected: 'a key each', observed: 'one key twice' }];
}

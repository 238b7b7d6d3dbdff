import type { RuleStatus } from '@limpet/contract';
import { expect, it } from 'vitest';
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import { statusMismatches } from './compare.ts';

const key = { ip: '203.0.113.10', port: 80 };

const expected = (lacks: 'address' | 'certificate' | undefined): ExpectedOutcome => ({
  up: true,
  reports: true,
  alive: new Set(),
  rules: [{ key, wanted: undefined, installed: undefined, claim: 'refused', lacks }],
});

const refusedFor = (reason: string): RuleStatus => ({
  key,
  generation: 1,
  observedGeneration: 1,
  conditions: [
    { type: 'InForce', status: 'False', reason, message: '', observedGeneration: 1, lastTransitionTime: '' },
  ],
});

it.each([
  ['address', 'AddressNotLocal', []],
  ['certificate', 'CertificateUnreadable', []],
  ['certificate', 'AddressNotLocal', ['reason']],
  ['address', 'ReloadFailed', ['reason']],
  [undefined, 'ReloadFailed', []],
] as const)('a rule that lacks its %s, and is refused for %s, differs in %j', (lacks, reason, checks) => {
  const report = { outcome: 'applied' as const, rules: [refusedFor(reason)] };
  expect(statusMismatches(expected(lacks), report, true).map(({ check }) => check)).toEqual(checks);
});

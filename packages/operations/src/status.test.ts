import type { Condition, RuleStatus } from '@limpet/contract';
import { expect, it } from 'vitest';
import { allInForce, isInForce, isStandby, isWell } from './status.ts';

const status = (inForce: Condition['status'], reason: string): RuleStatus => ({
  key: { ip: '203.0.113.10', port: 80 },
  generation: 1,
  observedGeneration: 1,
  conditions: [
    {
      type: 'InForce',
      status: inForce,
      reason,
      message: '',
      observedGeneration: 1,
      lastTransitionTime: '',
    } as Condition,
  ],
});

it.each([
  ['in force', status('True', 'Verified'), { inForce: true, standby: false, well: true }],
  [
    'waiting for its address on the router that stands by',
    status('False', 'Standby'),
    { inForce: false, standby: true, well: true },
  ],
  ['refused', status('False', 'AddressNotLocal'), { inForce: false, standby: false, well: false }],
  ['not known', { ...status('True', ''), conditions: [] }, { inForce: false, standby: false, well: false }],
])('a rule that is %s', (_, rule, expected) => {
  expect({ inForce: isInForce(rule), standby: isStandby(rule), well: isWell(rule) }).toEqual(expected);
  expect(allInForce([status('True', 'Verified'), rule])).toBe(expected.inForce);
});

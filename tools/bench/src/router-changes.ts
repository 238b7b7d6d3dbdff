import type { RuleRecord } from '@limpet/contract';
import { ruleOf, scaledUp } from './router-fleet.ts';

/** One change of a rule; `after` undefined: the rule goes. */
export interface Change {
  name: string;
  after: RuleRecord | undefined;
}

/** What Limpet's router does without a reload, as a way from a rule back to it. */
export function runtimeChanges(rule: RuleRecord, index: number): Change[] {
  const [first, ...others] = rule.members;
  return [
    { name: 'scale up', after: scaledUp(rule, index) },
    { name: 'scale down', after: rule },
    { name: 'drain', after: { ...rule, members: [{ ...first!, state: 'draining' }, ...others] } },
    { name: 'undrain', after: rule },
    {
      name: 'source-based',
      after: { ...rule, stickiness: { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 } },
    },
    { name: 'not sticky', after: rule },
  ];
}

/** What only a reload can change, as a way back. `spare` is the index of a rule that the fleet has not. */
export function reloadChanges(rule: RuleRecord, spare: number): Change[] {
  const added = ruleOf(spare, rule.members.length);
  return [
    { name: 'leastconn', after: { ...rule, algorithm: 'leastconn' } },
    { name: 'roundrobin', after: rule },
    { name: 'add rule', after: added },
    { name: 'remove rule', after: undefined },
  ];
}

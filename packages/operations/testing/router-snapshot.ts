import type { RuleRecord } from '@limpet/contract';
import { capabilitiesOf } from '@limpet/haproxy';
import { defaultSettings, haproxySettingsOf, type RouterSnapshot, ruleId } from '@limpet/router';
import type { Source } from '../src/desired-state.ts';

/** A valid rule, with the fields that a test changes. */
export const rule = (change: Partial<RuleRecord> = {}): RuleRecord => ({
  ip: '203.0.113.10',
  port: 80,
  protocol: 'tcp',
  algorithm: 'roundrobin',
  cidrs: [],
  stickiness: { method: 'none' },
  members: [{ vm: 'web-1', ip: '10.1.1.11', port: 8080, state: 'serving' }],
  ...change,
});

/** The snapshot of a router that was given these rules, in this order, all in force; HAProxy is not running. */
export function snapshotOf(rules: readonly RuleRecord[], change: Partial<RouterSnapshot> = {}): RouterSnapshot {
  const table = { tableSize: 204_800, expireSeconds: 1800 };
  const wanted = Object.fromEntries(rules.map((each, at) => [ruleId(each), { rule: each, generation: at + 1, table }]));
  const ids = Object.fromEntries(
    rules.map((each) => [ruleId(each), Object.fromEntries(each.members.map(({ vm }, at) => [vm, at + 1]))]),
  );
  return {
    observed: {
      processes: undefined,
      live: undefined,
      config: new Map(),
      stickMap: undefined,
      chain: undefined,
      portConflicts: new Map(),
      blockades: new Map(),
      unshared: new Map(),
      distrusted: new Map(),
      members: new Map(),
      notResponding: undefined,
    },
    stored: true,
    wanted,
    verified: wanted,
    programmed: wanted,
    settings: haproxySettingsOf(defaultSettings),
    generation: rules.length,
    serverIds: { next: 100, ids },
    localAddresses: ['203.0.113.10'],
    bindsNonlocal: true,
    descriptorLimit: 1_048_576,
    certificates: new Map(),
    haproxy: capabilitiesOf({ text: '2.6.12', branch: '2.6' }),
    ...change,
  };
}

/** What is desired when exactly these rules are, with the default settings. */
export const sourceOf = (rules: readonly RuleRecord[], change: Partial<Source> = {}): Source => ({
  rules: [...rules],
  unreadable: [],
  settings: haproxySettingsOf(defaultSettings),
  notCarriedOut: [],
  ...change,
});

import type { RuleRecord } from '@limpet/contract';
import { expect, it } from 'vitest';
import { member, rule } from '../../../testing/rules.ts';
import { defaultTable } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import { defaultSettings } from '../config/settings.ts';
import { refusalsOf } from './refusals.ts';

const ip = '10.0.53.2';
/** A rule on this port, whose members are on these: a VM, or another rule. */
const at = (port: number, ...to: number[]) =>
  rule({ ip, port, members: to.map((target) => member(`vm${target}`, { ip, port: target })) });
const refused = (rules: readonly RuleRecord[], programmed: readonly RuleRecord[] = []) =>
  [
    ...refusalsOf(rules, {
      settings: defaultSettings,
      local: new Set([ip]),
      certificates: new Map(),
      portConflicts: new Map(),
      descriptorLimit: 1_000_000,
      bindsNonlocal: false,
      programmed: new Map(programmed.map((each) => [ruleId(each), { rule: each, generation: 1, table: defaultTable }])),
    }),
  ].map(([id, { reason, message }]) => `${id} ${reason} ${/\((.*)\)/.exec(message)![1]}`);

it.each<[string, RuleRecord[], RuleRecord[], string[]]>([
  ['that is its own member', [at(80, 9000, 80)], [], ['10.0.53.2:80 ForwardingLoop 10.0.53.2:80 -> 10.0.53.2:80']],
  [
    'that closes a circle, and no other of it',
    [at(80, 81), at(81, 82), at(82, 80)],
    [],
    ['10.0.53.2:82 ForwardingLoop 10.0.53.2:82 -> 10.0.53.2:80 -> 10.0.53.2:81 -> 10.0.53.2:82'],
  ],
  [
    'that closes a circle with what HAProxy has',
    [at(80, 81)],
    [at(81, 80)],
    ['10.0.53.2:80 ForwardingLoop 10.0.53.2:80 -> 10.0.53.2:81 -> 10.0.53.2:80'],
  ],
  [
    'that closes a circle with one that is in force, although it comes first',
    [at(80, 81), at(81, 80)],
    [at(81, 80)],
    ['10.0.53.2:80 ForwardingLoop 10.0.53.2:80 -> 10.0.53.2:81 -> 10.0.53.2:80'],
  ],
])('refuses a rule %s', (_, rules, programmed, expected) => {
  expect(refused(rules, programmed)).toEqual(expected);
});

it('lets a rule hand its clients to another, once or by two ways, and a circle be opened', () => {
  expect(refused([at(80, 81, 82), at(81, 83), at(82, 83), at(83, 9000)])).toEqual([]);
  expect(refused([at(80, 81), at(81, 9000)], [at(81, 80)])).toEqual([]);
});

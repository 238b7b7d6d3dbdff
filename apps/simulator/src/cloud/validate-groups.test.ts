import { expect, it } from 'vitest';
import { loadScenario } from '../scenario/catalogue.ts';
import { groupsOfScenario, select } from './group-plans.ts';
import { validateGroups } from './validate-groups.ts';

const scenario = await loadScenario('cloudstack-9583');
const groups = groupsOfScenario(scenario);
const [first, second] = [groups[0]!, groups[1]!];
const on = (ip: string, port: number) => ({ ...first, rule: { ...first.rule, ip, port } });

it('accepts what is shipped', () => {
  expect(() => validateGroups(groups, scenario.router.publicIps)).not.toThrow();
});

it('gives every group its own port and every VM its own name and address', () => {
  const members = groups.flatMap((group) => group.rule.members);
  expect(new Set(groups.map((group) => group.rule.port)).size).toBe(50);
  expect(new Set(members.map((member) => member.vm)).size).toBe(150);
  expect(new Set(members.map((member) => member.ip)).size).toBe(150);
});

it.each([
  [
    [on('203.0.113.9', 80)],
    'ADDRESS_NOT_LOCAL',
    'group plain-1: 203.0.113.9 is not an address of the router (10.0.53.2); add it to router.publicIps, or give it with --public-ip 203.0.113.9',
  ],
  [
    [first, { ...second, rule: { ...second.rule, port: 8100 } }],
    'PORT_IN_USE',
    'groups plain-1 and plain-2 both use 10.0.53.2:8100; choose another publicPort',
  ],
  [
    [on('10.0.53.2', 8081)],
    'PORT_IN_USE',
    "group plain-1: port 10.0.53.2:8081 is in use by the router for HAProxy's statistics; choose another publicPort",
  ],
  [
    [on('10.0.53.2', 65_536)],
    'SCENARIO_INVALID',
    'group plain-1: there is no port 65536; use a lower publicPort or count',
  ],
])('refuses %#', (bad, code, message) => {
  expect(() => validateGroups(bad, ['10.0.53.2'])).toThrow(expect.objectContaining({ code, message }));
});

it('selects by what the rules are at the start', () => {
  expect(select(groups, { stickiness: 'none' })).toHaveLength(25);
  expect(select(groups, { stickiness: 'SourceBased', skip: 2, first: 3 })).toEqual([27, 28, 29]);
  expect(select(groups, { set: 'sticky', stickiness: 'none' })).toEqual([]);
  expect(select(groups, {})).toHaveLength(50);
});

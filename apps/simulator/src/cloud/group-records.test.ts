import { expect, it } from 'vitest';
import { loadScenario } from '../scenario/catalogue.ts';
import { AddressPool } from './addresses.ts';
import { groupsOfScenario } from './group-plans.ts';
import { bindMembers, nextVm, recordsOf } from './group-records.ts';

const [plan] = groupsOfScenario(await loadScenario('scale-storm'));
const states = (...values: string[]) => values.map((value) => ({ value }));
const vms = (members: readonly { vm: string; state: string }[]) => members.map(({ vm, state }) => `${vm} ${state}`);

it('follows the members of the model: who drains stays in the rule, who is gone leaves it', () => {
  const group = recordsOf(plan!, 0, 6);
  expect(
    bindMembers(group, states('serving', 'draining', 'gone', 'failed', 'joining', 'gone')).map(({ vm }) => vm),
  ).toEqual(['shop-1-vm-3']);
  expect(vms(group.rule.members)).toEqual(['shop-1-vm-1 serving', 'shop-1-vm-2 draining', 'shop-1-vm-5 serving']);
});

it('never uses a name or an address twice', () => {
  const group = recordsOf(plan!, 0, 6);
  const guests = new AddressPool('10.1.0.254', new Set(['10.1.1.1']));
  const made = [nextVm(group, guests), nextVm(group, guests), nextVm(group, guests)];
  expect(made.map(({ vm, ip }) => `${vm} ${ip}`)).toEqual([
    'shop-1-vm-6 10.1.0.254',
    'shop-1-vm-7 10.1.1.2',
    'shop-1-vm-8 10.1.1.3',
  ]);
});

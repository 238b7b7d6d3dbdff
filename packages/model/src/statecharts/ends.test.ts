import { expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { exampleInput, groupMachine } from './group.machine.ts';
import { memberMachine } from './member.machine.ts';
import { ruleMachine } from './rule.machine.ts';
import { createTable } from './table.ts';

const group = createTable(groupMachine);

it.each<[string, AnyStateMachine, string[]]>([
  ['a group', groupMachine, ['removed']],
  ['a rule', ruleMachine, ['gone']],
  ['a member, whose VM is created again,', memberMachine, []],
])('%s ends where it should', (_, machine, ends) => {
  const states = Object.values(machine.states).filter(({ type }) => type === 'final');
  expect(states.map(({ key }) => key)).toEqual(ends);
});

it('a group begins with the bounds that it is given', () => {
  expect(group.initial(exampleInput).context).toMatchObject({ size: 0, min: 1, max: 2, capacity: 3 });
});

// No such state is reached; but two answers about one member must not make the size negative.
it.each(['enabled', 'scaling', 'disabled', 'revoke'])('a group that is %s counts no member twice', (value) => {
  const empty = { ...exampleInput, size: 0, quiet: false, operating: false };
  expect(group.edge({ value, context: empty }, 'memberGone')).toBeUndefined();
  expect(group.edge({ value, context: empty }, 'memberDestroyed')).toBeUndefined();
});

import { describeMachine } from '@limpet/inspection';
import { ruleMachine } from '@limpet/model';
import { expect, it } from 'vitest';
import { searchMachine } from './search.ts';

const machine = describeMachine(ruleMachine);

it.each([
  ['', []],
  ['revoke', ['rule.revoke']],
  ['confirmed by', ['rule.add']],
  ['timeout isunverified', ['rule.active#timeout#0']],
  ['nothing has this', []],
])('finds what has all words of "%s"', (text, found) => {
  expect(searchMachine(machine, text)).toEqual(found);
});

it('finds transitions by their actions', () => {
  expect(searchMachine(machine, 'removeRule').length).toBeGreaterThan(3);
});

import type { CommandResult, Condition } from '@limpet/contract';
import { expect, it } from 'vitest';
import { answerEvents } from './answer.ts';

const group = { index: 7, rule: { ip: '10.0.53.2', port: 8100 }, generation: 5 };
const condition = (type: Condition['type'], status: Condition['status']): Condition => ({
  type,
  status,
  reason: 'Test',
  message: '',
  observedGeneration: 5,
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const result = (generation: number, ...conditions: Condition[]): CommandResult => ({
  outcome: 'applied',
  rules: [{ key: group.rule, generation, observedGeneration: generation, conditions }],
});
const heard = (answer: CommandResult) => answerEvents(answer, [group]).map(({ event }) => event);

it('hears that a rule is in force', () => {
  expect(answerEvents(result(5, condition('Programmed', 'True'), condition('InForce', 'True')), [group])).toEqual([
    { to: 'rule', group: 7, event: 'applied' },
    { to: 'rule', group: 7, event: 'inForce' },
  ]);
});

it('believes a router that never looks, as CloudStack does', () => {
  expect(heard(result(5, condition('Programmed', 'True'), condition('InForce', 'Unknown')))).toEqual([
    'applied',
    'inForce',
  ]);
});

it('does not believe one that looked and saw otherwise', () => {
  expect(heard(result(5, condition('Programmed', 'True'), condition('InForce', 'False')))).toEqual(['applied']);
});

it('hears a refusal', () => {
  expect(heard(result(5, condition('Accepted', 'False'), condition('InForce', 'False')))).toEqual(['refused']);
});

it('ignores what is said of an older generation, or of a rule that is not its own', () => {
  expect(heard(result(4, condition('InForce', 'True')))).toEqual([]);
  expect(answerEvents(result(5), [{ ...group, rule: { ip: '10.0.53.2', port: 1 } }])).toEqual([]);
});

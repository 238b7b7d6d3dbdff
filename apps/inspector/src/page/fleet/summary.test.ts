import type { Body } from '@limpet/inspection';
import { expect, it } from 'vitest';
import { type RunState, takeMessage } from '../store/run-state.ts';
import { createFleet } from './summary.ts';

function run(...bodies: Body[]): RunState {
  const state: RunState = new Map();
  bodies.forEach((body, at) => void takeMessage(state, { seq: at + 1, at: at * 100, ...body }));
  return state;
}
const actor = (id: string, machine: string, group: string): Body => ({
  kind: 'actor',
  actor: id,
  machine,
  name: id,
  group,
});
const is = (id: string, state: string, context = {}): Body => ({
  kind: 'snapshot',
  actor: id,
  states: ['m', `m.${state}`],
  context,
  status: 'active',
});
const group: Body[] = [
  actor('g', 'group', 'web'),
  actor('r', 'rule', 'web'),
  actor('m1', 'member', 'web'),
  actor('m2', 'member', 'web'),
  actor('m3', 'member', 'web'),
  is('g', 'enabled'),
  is('r', 'add', { stickiness: 'source', asked: 'nothing' }),
  is('m1', 'serving'),
  is('m2', 'serving'),
  is('m3', 'gone'),
];
const put = (generation: number): Body => ({
  kind: 'command',
  actor: 'r',
  command: 'putRule',
  payload: { generation },
});
const ack = (generation: number): Body => ({ kind: 'ack', actor: 'r', answer: 'applied', payload: { generation } });
const verdict = (verdict: 'holds' | 'violated'): Body => ({ kind: 'verification', actor: 'r', verdict, saw: 'vm-2' });

it('tells what a group is', () => {
  const [summary] = createFleet()(run(...group, put(7), ack(7), verdict('holds')));
  expect(summary).toEqual({
    group: 'web',
    condition: 'well',
    actor: 'r',
    parts: ['group enabled', 'rule add', '2 serving'],
    stickiness: 'source',
    desired: 7,
    observed: 7,
    lagMs: 200,
    saw: undefined,
  });
});

it.each([
  ['is not verified when nobody looked', [], { condition: 'unknown' }],
  ['is in force when it says so', [is('r', 'active', { inForce: 'current' })], { condition: 'well' }],
  ['waits when it says so', [is('r', 'add', { asked: 'waiting', inForce: 'current' })], { condition: 'waiting' }],
  ['waits', [put(7)], { condition: 'waiting', desired: 7, lagMs: undefined }],
  ['is not in force', [put(7), verdict('violated')], { condition: 'violated', saw: 'vm-2', actor: 'r' }],
  ['waits since it was first asked', [put(7), put(8), verdict('holds')], { condition: 'well', desired: 8, lagMs: 200 }],
  ['is refused', [is('r', 'add', { asked: 'refused' })], { condition: 'refused' }],
] as const)('sees that a rule %s', (_, more, expected) => {
  expect(createFleet()(run(...group, ...more))[0]).toMatchObject(expected);
});

it('gives the same summary while nothing of a group has changed', () => {
  const fleet = createFleet();
  const state = run(...group, actor('x', 'rule', 'api'));
  const [web, api] = fleet(state);
  takeMessage(state, { seq: 99, at: 0, ...is('x', 'active') });
  const again = fleet(state);
  expect(again[0]).toBe(web);
  expect(again[1]).not.toBe(api);
});

import type { Body } from '@limpet/inspection';
import { expect, it } from 'vitest';
import { type RunState, takeMessage } from '../store/run-state.ts';
import { ruleRows } from './rule-rows.ts';

function rows(...bodies: Body[]) {
  const state: RunState = new Map();
  bodies.forEach((body, at) => void takeMessage(state, { seq: at + 1, at, ...body }));
  return ruleRows(state);
}
const put = (actor: string, generation: number): Body => ({
  kind: 'command',
  actor,
  command: 'putRule',
  payload: { generation },
});
const ack = (actor: string, generation: number, ...conditions: string[]): Body => ({
  kind: 'ack',
  actor,
  answer: 'applied',
  payload: { generation, conditions },
});
const all = ['Accepted True', 'Programmed True', 'InForce True (Verified)'];

it('has what the router was told and what it says, and leaves out who was told nothing', () => {
  const group: Body = { kind: 'actor', actor: 'g', machine: 'group', name: 'g' };
  expect(rows(group, put('r', 3), ack('r', 3, ...all), { kind: 'verification', actor: 'r', verdict: 'holds' })).toEqual(
    [
      {
        actor: 'r',
        name: 'r',
        command: 'putRule',
        desired: '3',
        observed: '3',
        conditions: { Accepted: 'True', Programmed: 'True', InForce: 'True (Verified)' },
        seen: 'as asked',
        contradicted: false,
        behind: false,
      },
    ],
  );
});

it('begins with those whose clients contradict the router, then those that are behind', () => {
  const found = rows(
    put('well', 1),
    ack('well', 1, ...all),
    put('behind', 2),
    ack('behind', 1, ...all),
    put('refused', 2),
    ack('refused', 2, 'Accepted True', 'Programmed False (ConfigRefused)', 'InForce False'),
    { kind: 'verification', actor: 'refused', verdict: 'violated' },
    put('lied', 1),
    ack('lied', 1, 'Accepted True', 'Programmed True', 'InForce Unknown'),
    { kind: 'verification', actor: 'lied', verdict: 'violated', saw: 'vm-2' },
  );
  expect(found.map(({ name, contradicted, behind }) => [name, contradicted, behind])).toEqual([
    ['lied', true, false],
    ['behind', false, true],
    ['refused', false, true],
    ['well', false, false],
  ]);
  expect(found[0]!.seen).toBe('vm-2');
});

it('leaves out a rule that is gone, and begins anew when there is one again', () => {
  const gone: Body = { kind: 'snapshot', actor: 'r', states: [], status: 'stopped' };
  expect(rows(put('r', 1), ack('r', 1, ...all), gone)).toEqual([]);
  const begins: Body = { kind: 'actor', actor: 'r', machine: 'entry', name: 'r', group: 'r' };
  expect(rows(put('r', 1), ack('r', 1, ...all), gone, begins, put('r', 3))).toMatchObject([
    { desired: '3', observed: '', conditions: {} },
  ]);
});

import type { MemberRecord, RuleRecord } from '@limpet/contract';
import { expect, it } from 'vitest';
import type { Observation } from '../judge.ts';
import { judgeInStorm } from './judge.ts';
import { initialState } from './state.ts';

const [plain, sticky] = [...initialState({ rules: 2, members: 3 }).rules.values()] as [RuleRecord, RuleRecord];
const saw = (vm: string, kind: 'fresh' | 'held' = 'fresh', client = '198.18.0.1'): Observation => ({
  client,
  kind,
  answer: { ok: true, vm },
});
const [first, second] = plain.members.map(({ vm }) => vm) as [string, string];
const draining = (rule: RuleRecord): RuleRecord => ({
  ...rule,
  members: rule.members.map((member, at): MemberRecord => (at === 0 ? { ...member, state: 'draining' } : member)),
});

it('lets nobody new on a member that drains', () => {
  expect(judgeInStorm(draining(plain), [saw(first), saw(second)], undefined)).toMatchObject({
    expected: 'no new client on a member that drains',
  });
  expect(
    judgeInStorm(draining(plain), [saw(first, 'held'), saw(second), saw(plain.members[2]!.vm)], undefined),
  ).toBeUndefined();
});

it('leaves sticky clients on a member that drains', () => {
  expect(judgeInStorm(draining(sticky), [saw(sticky.members[0]!.vm)], undefined)).toBeUndefined();
});

it('counts connections from before a change of members not against a hash, but against a change to one', () => {
  const hashed: RuleRecord = { ...plain, algorithm: 'source' };
  const observations = [saw(first, 'held'), saw(second)];
  expect(judgeInStorm(hashed, observations, undefined)).toBeUndefined();
  expect(judgeInStorm(hashed, observations, { endsHeld: true, freesClients: false })).toMatchObject({
    expected: 'one VM for each client',
  });
});

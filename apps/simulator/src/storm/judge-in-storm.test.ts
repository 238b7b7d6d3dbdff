import type { MemberRecord, RuleRecord } from '@limpet/contract';
import { expect, it } from 'vitest';
import type { Observation } from '../clients/judge.ts';
import { judgeInStorm } from './judge-in-storm.ts';
import { initialState } from './storm-state.ts';

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

it('wants weights to show in the shares of round robin', () => {
  const weighted: RuleRecord = {
    ...plain,
    members: plain.members.map((member, at) => (at === 0 ? { ...member, weight: 16 } : member)),
  };
  const [heavy, light, other] = weighted.members.map(({ vm }) => vm) as [string, string, string];
  const seen = (...counts: [number, number, number]): Observation[] =>
    [heavy, light, other].flatMap((vm, at) => Array.from({ length: counts[at]! }, () => saw(vm)));
  expect(judgeInStorm(weighted, seen(11, 1, 0), undefined)).toBeUndefined();
  expect(judgeInStorm(weighted, seen(4, 4, 4), undefined)).toMatchObject({
    expected: `about 10.7 of 12 new clients on ${heavy}, by its weight of 16`,
    saw: '4',
  });
  expect(judgeInStorm(plain, seen(4, 4, 4), undefined)).toBeUndefined();
  expect(judgeInStorm(plain, seen(11, 1, 0), undefined)).toBeDefined();
});

it('lets those whose cookie names it stay on a member that drains, and nobody else', () => {
  const cookie: RuleRecord = {
    ...draining(plain),
    protocol: 'http',
    stickiness: { method: 'AppCookie', cookieName: 'session', length: 52, holdTimeSeconds: 60, requestLearn: false },
  };
  expect(judgeInStorm(cookie, [{ ...saw(first), bound: first }], undefined)).toBeUndefined();
  expect(judgeInStorm(cookie, [saw(first), { ...saw(first), bound: first }], undefined)).toMatchObject({
    expected: 'no new client on a member that drains',
  });
});

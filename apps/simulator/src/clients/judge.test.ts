import type { RuleRecord } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { judgeRule, type Observation } from './judge.ts';

const member = (vm: string) => ({ vm, ip: '10.1.0.1', port: 8080, state: 'serving' as const });
const plain: RuleRecord = {
  ip: '10.0.53.2',
  port: 8100,
  protocol: 'tcp',
  algorithm: 'roundrobin',
  cidrs: [],
  stickiness: { method: 'none' },
  members: [member('a'), member('b')],
};
const sticky: RuleRecord = { ...plain, stickiness: { method: 'SourceBased', tableSize: 1, expireSeconds: 1 } };
const fresh = (client: string, vm: string): Observation => ({ client, kind: 'fresh', answer: { ok: true, vm } });
const held = (client: string, vm: string): Observation => ({ ...fresh(client, vm), kind: 'held' });

describe('a sticky rule', () => {
  it('is in force when each client sees one VM, whichever', () => {
    expect(judgeRule(sticky, [fresh('x', 'a'), held('x', 'a'), fresh('y', 'b'), fresh('y', 'b')])).toBeUndefined();
  });

  it('is not in force when two fresh connections of a client reach different VMs', () => {
    expect(judgeRule(sticky, [fresh('x', 'a'), fresh('x', 'b')])).toEqual({
      rule: '10.0.53.2:8100',
      expected: 'one VM for each client',
      saw: 'client x was answered by a, b',
    });
  });

  it('is not in force while a held connection stays with another VM', () => {
    expect(judgeRule(sticky, [fresh('x', 'a'), fresh('x', 'a'), held('x', 'b')])).toMatchObject({
      expected: 'one VM for each client',
    });
  });

  it('holds for the algorithm source as well', () => {
    expect(judgeRule({ ...plain, algorithm: 'source' }, [fresh('x', 'a'), fresh('x', 'b')])).toBeDefined();
  });
});

describe('a rule without stickiness', () => {
  it('is in force when a client sees more than one VM on fresh connections', () => {
    expect(judgeRule(plain, [fresh('x', 'a'), fresh('x', 'b'), fresh('y', 'a'), fresh('y', 'a')])).toBeUndefined();
  });

  it('is not in force when every client keeps its VM: the old stickiness is still there', () => {
    expect(judgeRule(plain, [fresh('x', 'a'), fresh('x', 'a'), fresh('y', 'b'), fresh('y', 'b')])).toMatchObject({
      saw: 'each of 2 clients was answered by one VM only',
    });
  });

  it('is not shown to be in force by held connections', () => {
    expect(judgeRule(plain, [fresh('x', 'a'), held('x', 'b')])).toBeDefined();
  });

  it('with one member has nothing to spread over', () => {
    expect(judgeRule({ ...plain, members: [member('a')] }, [fresh('x', 'a')])).toBeUndefined();
  });
});

describe('any rule', () => {
  it('is not in force when a connection fails', () => {
    const failed: Observation = { client: 'x', kind: 'fresh', answer: { ok: false, error: 'refused' } };
    expect(judgeRule(sticky, [fresh('y', 'a'), failed])).toMatchObject({
      saw: 'client x on a fresh connection: refused',
    });
  });

  it('is not in force when a VM answers that has left the rule', () => {
    expect(judgeRule(sticky, [fresh('x', 'gone')])).toMatchObject({ expected: 'answers from current members only' });
  });

  it('is not in force when nobody asked', () => {
    expect(judgeRule(sticky, [])).toMatchObject({ saw: 'no client asked' });
  });
});

describe('a rule that binds by cookie', () => {
  const cookie: RuleRecord = {
    ...plain,
    protocol: 'http',
    stickiness: { method: 'AppCookie', cookieName: 'id', length: 52, holdTimeSeconds: 60, requestLearn: false },
  };
  const bound = (client: string, to: string, vm: string): Observation => ({ ...fresh(client, vm), bound: to });

  it('is in force when everybody is given a cookie, and answered by the VM that it names', () => {
    expect(judgeRule(cookie, [fresh('x', 'a'), bound('x', 'a', 'a'), bound('y', 'b', 'b')])).toBeUndefined();
  });

  it('is not in force when a cookie is not obeyed, or not given', () => {
    expect(judgeRule(cookie, [bound('x', 'a', 'a'), bound('y', 'b', 'a')])).toMatchObject({
      expected: 'client y on b, as its cookie says',
    });
    expect(judgeRule(cookie, [bound('x', 'a', 'a'), fresh('y', 'a')])).toMatchObject({
      expected: 'a cookie for each client',
    });
  });
});

it('lets nobody be answered by a member in maintenance', () => {
  const members = [member('a'), { ...member('b'), state: 'maintenance' as const }];
  expect(judgeRule({ ...sticky, members }, [held('x', 'b')])).toMatchObject({
    expected: 'answers from current members only',
  });
});

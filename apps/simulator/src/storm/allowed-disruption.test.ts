import type { RuleRecord } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { allowedDisruptionOf } from './allowed-disruption.ts';
import { initialState } from './storm-state.ts';

const [plain, sticky] = [...initialState({ rules: 2, members: 3 }).rules.values()] as [RuleRecord, RuleRecord];
const hashed: RuleRecord = { ...plain, algorithm: 'source' };
const cookie = (method: 'LbCookie' | 'AppCookie'): RuleRecord => ({
  ...plain,
  protocol: 'http',
  stickiness:
    method === 'AppCookie'
      ? { method, cookieName: 'session', length: 52, holdTimeSeconds: 60, requestLearn: false }
      : { method, cookieName: 'lb', mode: 'insert', nocache: false, indirect: true, postonly: false, domains: [] },
});
const allowed = (before: RuleRecord | undefined, after: RuleRecord | undefined) =>
  allowedDisruptionOf({ kind: 'stickiness', port: plain.port, before, after });

describe('what an operation may do to the clients of its rule', () => {
  it.each([
    ['to source-based', plain, sticky, true, false],
    ['to a hash', plain, hashed, true, false],
    ['from source-based to none', sticky, plain, false, true],
    ['to a cookie', plain, cookie('LbCookie'), false, false],
    ['from one cookie to another', cookie('LbCookie'), cookie('AppCookie'), false, true],
    ['from a hash to none', hashed, plain, false, false],
    ['other parameters', sticky, { ...sticky, stickiness: { ...sticky.stickiness, expireSeconds: 60 } }, false, false],
    ['another algorithm below source-based', sticky, { ...sticky, algorithm: 'source' }, false, false],
    ['one member less', sticky, { ...sticky, members: sticky.members.slice(1) }, false, false],
  ] as [string, RuleRecord, RuleRecord, boolean, boolean][])('%s', (_, before, after, endsHeld, freesClients) => {
    expect(allowed(before, after)).toEqual({ endsHeld, freesClients });
  });

  it('everything, when the rule goes', () => {
    expect(allowed(plain, undefined)).toEqual({ endsHeld: true, freesClients: true });
  });
});

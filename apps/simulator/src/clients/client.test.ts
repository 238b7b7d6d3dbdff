import type { RuleRecord } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { askOf, boundTo, type Client, learn } from './client.ts';

const rule = (change: Partial<RuleRecord> = {}): RuleRecord => ({
  ip: '10.0.53.2',
  port: 80,
  protocol: 'http',
  algorithm: 'roundrobin',
  cidrs: [],
  stickiness: { method: 'AppCookie', cookieName: 'session', length: 52, holdTimeSeconds: 60, requestLearn: false },
  members: [{ vm: 'a', ip: '10.1.0.1', port: 8080, state: 'serving' }],
  ...change,
});
const clientOf = (of: RuleRecord): Client => ({
  address: '198.18.0.1',
  group: { index: 0, name: 'g', rule: of, changed: false, emptying: false },
  home: undefined,
  cookies: {},
  held: [],
});
const answer = { ok: true as const, vm: 'a', cookies: { session: 'a.1' } };

describe('a client with a browser', () => {
  it('begins a session, and is bound by its cookie from then on', () => {
    const client = clientOf(rule());
    expect(askOf(client)).toMatchObject({ protocol: 'http', cookies: {}, session: 'session' });
    expect(boundTo(client)).toBeUndefined();
    learn(client, answer);
    expect(boundTo(client)).toBe('a');
    expect(askOf(client)).toEqual({
      client: '198.18.0.1',
      ip: '10.0.53.2',
      port: 80,
      protocol: 'http',
      cookies: { session: 'a.1' },
    });
  });

  it.each([
    ['has left', rule({ members: [] })],
    ['is in maintenance', rule({ members: [{ ...rule().members[0]!, state: 'maintenance' }] })],
  ])('begins another when its VM %s', (_, later) => {
    const client = clientOf(rule());
    learn(client, answer);
    client.group.rule = later;
    expect(boundTo(client)).toBeUndefined();
    expect(askOf(client)).toMatchObject({ cookies: {}, session: 'session' });
  });

  it('is bound by no cookie where the rule asks for none', () => {
    const client = clientOf(rule({ stickiness: { method: 'none' } }));
    learn(client, answer);
    expect(boundTo(client)).toBeUndefined();
    expect(askOf(client)).not.toHaveProperty('session');
  });
});

it('sends no cookies where no HTTP is spoken', () => {
  expect(askOf(clientOf(rule({ protocol: 'tcp' })))).toEqual({
    client: '198.18.0.1',
    ip: '10.0.53.2',
    port: 80,
    protocol: 'tcp',
  });
});

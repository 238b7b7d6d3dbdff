import type { AppCookie } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { member, rule, sourceBased } from '../testing/rules.ts';
import type { ClientSession } from './drain-rules.ts';
import { drainRulesFor, matches, seedEntries, stillApplies } from './drain-rules.ts';

const sticky = rule({ stickiness: sourceBased });
const appCookie: AppCookie = {
  method: 'AppCookie',
  cookieName: 'session',
  length: 52,
  holdTimeSeconds: 60,
  requestLearn: false,
};
const session = (source: string, server: string): ClientSession => ({
  id: '0x1',
  source,
  sourcePort: 4000,
  proxy: 'p',
  server,
});

describe('drainRulesFor', () => {
  it.each([
    ['nothing of a new rule', undefined, sticky, []],
    ['nothing when stickiness ends', sticky, rule(), []],
    ['nothing when only the algorithm changes between equals', rule(), rule({ algorithm: 'leastconn' }), []],
    ['that clients are where the table sends them, when stickiness begins', rule(), sticky, [{ kind: 'affinity' }]],
    [
      'the same in a rule with networks',
      rule({ cidrs: ['10.0.0.0/8'] }),
      rule({ cidrs: ['10.0.0.0/8'], stickiness: sourceBased }),
      [{ kind: 'affinity' }],
    ],
    [
      'both, when stickiness and networks begin together',
      rule(),
      rule({ cidrs: ['10.0.0.0/8'], stickiness: sourceBased }),
      [{ kind: 'affinity' }, { kind: 'sources', cidrs: ['10.0.0.0/8'] }],
    ],
    [
      'that all begin anew when the source is hashed',
      rule(),
      rule({ algorithm: 'source' }),
      [{ kind: 'everything', until: 'hashed' }],
    ],
    ['that all go with the rule', sticky, undefined, [{ kind: 'everything', until: 'gone' }]],
    [
      'that those on a removed member go',
      rule(),
      rule({ members: [member('vm2')] }),
      [{ kind: 'servers', endpoints: ['vm1 10.1.1.1:80'] }],
    ],
    [
      'that those on a member at its former address go',
      rule(),
      rule({ members: [member('vm1', { ip: '10.1.1.9' }), member('vm2')] }),
      [{ kind: 'servers', endpoints: ['vm1 10.1.1.1:80'] }],
    ],
    [
      'that clients from outside the list go',
      rule(),
      rule({ cidrs: ['10.0.0.0/8'] }),
      [{ kind: 'sources', cidrs: ['10.0.0.0/8'] }],
    ],
    [
      'that those on a member in maintenance go',
      rule(),
      rule({ members: [member('vm1', { state: 'maintenance' }), member('vm2')] }),
      [{ kind: 'servers', endpoints: ['vm1 10.1.1.1:80'] }],
    ],
    [
      'nothing of a member that drains',
      rule(),
      rule({ members: [member('vm1', { state: 'draining' }), member('vm2')] }),
      [],
    ],
    [
      'that all begin anew when the payload becomes HTTP for a cookie’s sake',
      sticky,
      rule({ stickiness: appCookie }),
      [{ kind: 'everything', until: 'protocol' }],
    ],
    [
      'that all begin anew when members are to be told who the client is',
      rule(),
      rule({ protocol: 'tcp-proxy' }),
      [{ kind: 'everything', until: 'protocol' }],
    ],
    [
      'nothing between cookies: a soft stop ends HTTP connections after the request in hand',
      rule({ protocol: 'http' }),
      rule({ protocol: 'http', stickiness: appCookie }),
      [],
    ],
    ['nothing when everybody is admitted again', rule({ cidrs: ['10.0.0.0/8'] }), rule(), []],
  ])('demands %s', (_, before, after, expected) => {
    expect(drainRulesFor(before, after)).toEqual(expected);
  });
});

describe('stillApplies', () => {
  it('lets an obligation go that a later change made void', () => {
    expect(stillApplies({ kind: 'affinity' }, rule())).toBeUndefined();
    expect(stillApplies({ kind: 'affinity' }, sticky)).toEqual({ kind: 'affinity' });
    const endpoints = ['vm1 10.1.1.1:80', 'vm7 10.1.1.7:80'];
    expect(stillApplies({ kind: 'servers', endpoints }, rule())).toEqual({
      kind: 'servers',
      endpoints: ['vm7 10.1.1.7:80'],
    });
    expect(stillApplies({ kind: 'servers', endpoints: ['vm1 10.1.1.1:80'] }, rule())).toBeUndefined();
  });

  it('keeps the obligation about a member that is elsewhere now', () => {
    const elsewhere = { kind: 'servers' as const, endpoints: ['vm1 10.1.1.9:80'] };
    expect(stillApplies(elsewhere, rule())).toEqual(elsewhere);
  });

  it('still ends the connections of a removed rule when a new one takes its place', () => {
    expect(stillApplies({ kind: 'everything', until: 'gone' }, sticky)).toEqual({ kind: 'everything', until: 'gone' });
  });
});

describe('violates', () => {
  it('keeps a connection that is where the table sends its client', () => {
    const entries = new Map([['192.0.2.7', 'vm1']]);
    expect(matches({ kind: 'affinity' }, session('192.0.2.7', 'vm1'), entries)).toBe(false);
    expect(matches({ kind: 'affinity' }, session('192.0.2.7', 'vm2'), entries)).toBe(true);
    expect(matches({ kind: 'affinity' }, session('192.0.2.8', 'vm1'), entries)).toBe(true);
  });

  it('asks the list of networks', () => {
    expect(matches({ kind: 'sources', cidrs: ['10.0.0.0/8'] }, session('10.9.9.9', 'vm1'), new Map())).toBe(false);
    expect(matches({ kind: 'sources', cidrs: ['10.0.0.0/8'] }, session('11.0.0.1', 'vm1'), new Map())).toBe(true);
  });
});

describe('seedEntries', () => {
  it('leaves each client where most of its connections are, on a member that serves', () => {
    const held = [
      session('a', 'vm2'),
      session('a', 'vm1'),
      session('a', 'vm2'),
      session('b', 'vm1'),
      session('c', 'vm3'),
    ];
    expect(seedEntries(held, new Set(['vm1', 'vm2']))).toEqual(
      new Map([
        ['a', 'vm2'],
        ['b', 'vm1'],
      ]),
    );
  });
});

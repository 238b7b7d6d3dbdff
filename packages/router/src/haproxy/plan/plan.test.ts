import type { AppCookie, Stickiness } from '@limpet/contract';
import { capabilitiesOf, readVersion } from '@limpet/haproxy';
import { describe, expect, it } from 'vitest';
import { usableCertificate } from '../../../testing/certificates.ts';
import { member, rule, sourceBased } from '../../../testing/rules.ts';
import { defaultTable } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import { toProxySpecs } from '../config/proxy-spec.ts';
import { assignServerIds, emptyServerIds } from '../config/server-ids.ts';
import type { LiveServer, LiveState } from '../runtime/live-state.ts';
import { describePlan, planSteps } from './plan.ts';

const ids = assignServerIds(emptyServerIds(), [{ rule: '10.0.53.2:8080', vms: ['vm1', 'vm2', 'vm3'] }]);
const spec = (change: Parameters<typeof rule>[0] = {}) =>
  toProxySpecs([{ rule: rule(change), generation: 1, table: defaultTable }], {
    ...ids,
    ids: { ...ids.ids, [ruleId(rule(change))]: ids.ids['10.0.53.2:8080']! },
  });
const server = (name: string, id: number, change: Partial<LiveServer> = {}): LiveServer => ({
  name,
  id,
  ip: `10.1.1.${id}`,
  port: 80,
  weight: 1,
  maintenance: false,
  checking: true,
  checked: true,
  up: true,
  ...change,
});
const live = (change: Partial<LiveState> = {}, servers = [server('vm1', 1), server('vm2', 2)]): LiveState => ({
  configHash: 'm',
  servers: new Map([['10_0_53_2-8080', new Map(servers.map((each) => [each.name, each]))]]),
  stick: new Map([['10_0_53_2-8080', 'none']]),
  maxConnections: new Map([['10_0_53_2-8080', 4096]]),
  full: new Set(),
  frontends: new Map([['10_0_53_2-8080', 'OPEN']]),
  certificates: new Map(),
  ...change,
});
const plan = (...args: Parameters<typeof planSteps>): string => describePlan(planSteps(...args));

const appCookie: AppCookie = {
  method: 'AppCookie',
  cookieName: 'session',
  length: 52,
  holdTimeSeconds: 60,
  requestLearn: false,
};

describe('planSteps', () => {
  it('has nothing to do when all is as wanted', () => {
    expect(plan(spec(), 'm', live())).toBe('');
  });

  it.each<[string, () => string, string]>([
    ['starts what is not running', () => plan(spec(), 'm', undefined), 'start HAProxy\n'],
    [
      'reloads once for everything that is in the config hash',
      () => plan(spec({ stickiness: sourceBased }), 'n', live()),
      'reload HAProxy: what changed is fixed when it reads its configuration\n',
    ],
    [
      'switches stickiness at runtime',
      () => plan(spec({ stickiness: sourceBased }), 'm', live()),
      '10.0.53.2:8080: stickiness source\n',
    ],
    [
      'puts a rule back into the map',
      () => plan(spec(), 'm', live({ stick: new Map() })),
      '10.0.53.2:8080: stickiness none\n',
    ],
    [
      'enables a frontend',
      () => plan(spec(), 'm', live({ frontends: new Map([['10_0_53_2-8080', 'PAUSED']]) })),
      '10.0.53.2:8080: takes clients again\n',
    ],
    [
      'reloads for a frontend that was shut down',
      () => plan(spec(), 'm', live({ frontends: new Map([['10_0_53_2-8080', 'STOP']]) })),
      'reload HAProxy: the frontend of 10.0.53.2:8080 was shut down\n',
    ],
    [
      'adds a member',
      () => plan(spec({ members: [member('vm1'), member('vm2'), member('vm3')] }), 'm', live()),
      '10.0.53.2:8080: add server vm3 10.1.1.3:80 id 3 weight 1\n',
    ],
    [
      'takes a member away',
      () => plan(spec({ members: [member('vm1')] }), 'm', live()),
      '10.0.53.2:8080: server vm2 takes no more connections\n',
    ],
    [
      'leaves alone a member that is on its way out',
      () =>
        plan(
          spec({ members: [member('vm1')] }),
          'm',
          live({}, [server('vm1', 1), server('vm2', 2, { maintenance: true })]),
        ),
      '',
    ],
    [
      'takes a member back that was on its way out',
      () => plan(spec(), 'm', live({}, [server('vm1', 1), server('vm2', 2, { maintenance: true })])),
      '10.0.53.2:8080: server vm2 leaves maintenance\n',
    ],
    [
      'drains a member',
      () => plan(spec({ members: [member('vm1', { state: 'draining' }), member('vm2')] }), 'm', live()),
      '10.0.53.2:8080: server vm1 drains\n',
    ],
    [
      'weighs a member',
      () => plan(spec({ members: [member('vm1', { weight: 7 }), member('vm2')] }), 'm', live()),
      '10.0.53.2:8080: server vm1 serves with weight 7\n',
    ],
    [
      'puts a member into maintenance',
      () => plan(spec({ members: [member('vm1', { state: 'maintenance' }), member('vm2')] }), 'm', live()),
      '10.0.53.2:8080: server vm1 goes into maintenance\n',
    ],
    [
      'adds a member in maintenance',
      () =>
        plan(spec({ members: [member('vm1'), member('vm2'), member('vm3', { state: 'maintenance' })] }), 'm', live()),
      '10.0.53.2:8080: add server vm3 10.1.1.3:80 id 3 weight 1, in maintenance\n',
    ],
    [
      'checks a member that is not checked',
      () => plan(spec(), 'm', live({}, [server('vm1', 1, { checking: false }), server('vm2', 2)])),
      '10.0.53.2:8080: server vm1 is checked\n',
    ],
    [
      'reloads when a server has the id of another',
      () => plan(spec(), 'm', live({}, [server('vm1', 9), server('vm2', 2)])),
      'reload HAProxy: server vm1 of 10.0.53.2:8080 has id 9, not 1\n',
    ],
    [
      'limits connections',
      () => plan(spec({ maxConnections: 5 }), 'm', live()),
      '10.0.53.2:8080: at most 5 connections\n',
    ],
    [
      'gives a rule without a limit the router’s',
      () => plan(spec(), 'm', live(), { maxConnections: 9 }),
      '10.0.53.2:8080: at most 9 connections\n',
    ],
    ['asks no map for AppCookie', () => plan(spec({ stickiness: appCookie }), 'm', live({ stick: new Map() })), ''],
    [
      'follows a member to a new address',
      () => plan(spec({ members: [member('vm1', { ip: '10.1.1.77' }), member('vm2')] }), 'm', live()),
      '10.0.53.2:8080: server vm1 moves to 10.1.1.77:80\n',
    ],
  ])('%s', (_, planned, expected) => {
    expect(planned()).toBe(expected);
  });
});

describe('a step', () => {
  const at = { rule: '10.0.53.2:8080', proxy: '10_0_53_2-8080' };
  const vm3 = { name: 'vm3', id: 3, ip: '10.1.1.3', port: 80, weight: 1, maintenance: false };
  const three = [member('vm1'), member('vm2'), member('vm3')];

  it('that adds a server has its options', () => {
    expect(planSteps(spec({ members: three, protocol: 'tcp-proxy' }), 'm', live())).toEqual([
      { do: 'add-server', ...at, server: vm3, options: ['check', 'send-proxy', 'check-send-proxy'] },
    ]);
  });

  const options = { nocache: false, indirect: false, postonly: false, domains: [] };
  const cookie: Stickiness = { method: 'LbCookie', cookieName: 'LB', mode: 'insert', ...options };
  const onVersion = (version: string) => ({ haproxy: capabilitiesOf(readVersion(version)) });

  it.each<[string, Stickiness, string]>([
    ['2.2.9', { method: 'none' }, 'HAProxy 2.2.9 has no "add server" and "del server" at run time'],
    ['2.4.24', { method: 'none' }, 'HAProxy 2.4.24 has no "add server" and "del server" at run time'],
    ['2.5.1', { method: 'none' }, 'HAProxy 2.5.1 has no "add server" and "del server" at run time'],
    ['2.6.12', cookie, 'HAProxy 2.6.12 has no "add server ... cookie VALUE"'],
    ['2.9.0', cookie, 'HAProxy 2.9.0 has no "add server ... cookie VALUE"'],
  ])('that adds a server is a reload where %s takes it only from its file', (version, stickiness, because) => {
    const steps = planSteps(spec({ members: three, stickiness }), 'm', live(), onVersion(version));
    const why = `server vm3 of 10.0.53.2:8080 is new, and ${because}`;
    expect(steps).toEqual([{ do: 'reload', reason: expect.stringContaining(why) }]);
    expect(planSteps(spec({ stickiness }), 'm', live(), onVersion(version))).toEqual([]);
  });

  it('that adds a server gives it its cookie where HAProxy can', () => {
    const rules = spec({ members: three, stickiness: cookie });
    expect(planSteps(rules, 'm', live(), onVersion('3.0.0'))).toEqual([
      { do: 'add-server', ...at, server: vm3, options: ['check', 'cookie', '10_1_1_3-80'] },
    ]);
  });

  it('that moves a server is a reload where its cookie names its address', () => {
    const moved = spec({ members: [member('vm1', { ip: '10.1.1.9' }), member('vm2')], stickiness: cookie });
    expect(planSteps(moved, 'm', live(), onVersion('3.0.0'))).toEqual([
      { do: 'reload', reason: 'server vm1 of 10.0.53.2:8080 moves, and its cookie names its address' },
    ]);
  });

  it('that changes a server has all of it', () => {
    const changed = [member('vm1', { ip: '10.1.1.9', weight: 2 }), member('vm2')];
    const now = live({}, [server('vm1', 1, { maintenance: true, checking: false }), server('vm2', 2)]);
    const vm1 = { name: 'vm1', id: 1, ip: '10.1.1.9', port: 80, weight: 2, maintenance: false };
    // Ready at last: clients must not meet a server that is half changed.
    expect(planSteps(spec({ members: changed }), 'm', now)).toEqual(
      (['set-addr', 'set-weight', 'enable-health', 'set-ready'] as const).map((what) => ({
        do: what,
        ...at,
        server: vm1,
      })),
    );
  });

  it('that takes a server away, sticks or limits names its proxy', () => {
    expect(
      planSteps(spec({ members: [member('vm1')], stickiness: sourceBased, maxConnections: 5 }), 'm', live()),
    ).toEqual([
      { do: 'retire-server', ...at, server: 'vm2' },
      { do: 'set-map', ...at, to: 'source', by: 'set' },
      { do: 'set-maxconn', ...at, to: 5 },
    ]);
  });

  it.each([
    ['a port', { port: 81 }, ['set-addr']],
    ['maintenance', { state: 'maintenance' as const }, ['set-maint']],
  ])('follows a member to %s', (_, change, what) => {
    const steps = planSteps(spec({ members: [member('vm1', change), member('vm2')] }), 'm', live());
    expect(steps.map((step) => step.do)).toEqual(what);
  });

  it('is not needed for a member that stays in maintenance', () => {
    const resting = [member('vm1', { state: 'maintenance' }), member('vm2')];
    const now = live({}, [server('vm1', 1, { maintenance: true }), server('vm2', 2)]);
    expect(planSteps(spec({ members: resting }), 'm', now)).toEqual([]);
  });

  it('adds every server of a proxy that HAProxy shows without one', () => {
    const steps = planSteps(spec(), 'm', live({ servers: new Map() }));
    expect(steps.map((step) => step.do)).toEqual(['add-server', 'add-server']);
  });

  it('reloads rather than raises the limit of a full frontend, at which HAProxy hangs (haproxy#2726)', () => {
    const full = live({ full: new Set(['10_0_53_2-8080']) });
    expect(plan(spec({ maxConnections: 4097 }), 'm', full)).toBe(
      'reload HAProxy: the frontend of 10.0.53.2:8080 is full, and HAProxy would hang if its limit were raised (haproxy#2726)\n',
    );
    expect(plan(spec({ maxConnections: 5 }), 'm', full)).toBe('10.0.53.2:8080: at most 5 connections\n');
  });

  it('is not needed for a limit that is there', () => {
    expect(planSteps(spec(), 'm', live(), { maxConnections: 4096 })).toEqual([]);
  });

  it('is a line of the plan', () => {
    const changed = spec({ members: [member('vm1')], stickiness: sourceBased });
    expect(plan(changed, 'm', live())).toBe(
      '10.0.53.2:8080: server vm2 takes no more connections\n10.0.53.2:8080: stickiness source\n',
    );
  });

  it('is one reload, whatever else there is to do', () => {
    const now = live({}, [server('vm1', 9), server('vm2', 2, { weight: 5 })]);
    expect(planSteps(spec({ stickiness: sourceBased }), 'm', now).map((step) => step.do)).toEqual(['reload']);
  });
});

describe('certificates', () => {
  const file = '/site.pem';
  const rules = spec({ protocol: 'ssl', certificate: file });
  const certificates = (pem: string) => new Map([[file, usableCertificate(pem, 'NEW')]]);
  const old = live({ certificates: new Map([[file, 'OLD']]) });

  it('are renewed at run time, once for all rules that have one', () => {
    expect(plan([...rules, ...rules], 'm', old, { certificates: certificates('pem') })).toBe(
      '10.0.53.2:8080: certificate /site.pem is read again\n',
    );
  });

  it('are as long as HAProxy’s CLI takes them', () => {
    expect(planSteps(rules, 'm', old, { certificates: certificates('x'.repeat(15_000)) })).toEqual([
      { do: 'update-certificate', rule: '10.0.53.2:8080', proxy: '10_0_53_2-8080', file, pem: 'x'.repeat(15_000) },
    ]);
  });

  it('are not looked at for rules without one, or when none are handed in', () => {
    expect(plan(spec(), 'm', old, { certificates: certificates('pem') })).toBe('');
    expect(plan(rules, 'm', old)).toBe('');
  });

  it('are renewed by a reload when HAProxy’s CLI cannot take them', () => {
    expect(plan(rules, 'm', old, { certificates: certificates('x'.repeat(15_001)) })).toBe(
      'reload HAProxy: the certificate of 10.0.53.2:8080 is too long for its CLI\n',
    );
  });

  it.each([
    ['is the one of the file', live({ certificates: new Map([[file, 'NEW']]) }), certificates('pem')],
    ['cannot be read any more', old, new Map([[file, { ok: false as const, problem: 'gone' }]])],
    ['is not known of', old, new Map()],
    ['was never loaded', live(), certificates('pem')],
  ])('stay when what HAProxy has %s', (_, now, known) => {
    expect(plan(rules, 'm', now, { certificates: known })).toBe('');
  });
});

import { type AppCookie, type HaproxySettings, haproxySettingsSchema } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { usableCertificate } from '../../../testing/certificates.ts';
import { specs } from '../../../testing/rendered.ts';
import { lbCookie, member, rule, sourceBased } from '../../../testing/rules.ts';
import { defaultSettings, haproxySettingsOf, type RouterSettings } from '../config/settings.ts';
import { assumedLiveState } from './assumed-live.ts';
import { describeExplanation } from './describe-explanation.ts';
import { explainPlan } from './explain.ts';

const text = (...args: Parameters<typeof explainPlan>): string => describeExplanation(explainPlan(...args));

describe('explainPlan', () => {
  it('shows what is created, changed at run time, changed by a reload, removed and left alone', () => {
    const before = [
      rule({ members: [member('vm1'), member('vm2'), member('vm3')] }),
      rule({ port: 81, protocol: 'http' }),
      rule({ port: 82 }),
      rule({ port: 84 }),
    ];
    const after = [
      rule({
        stickiness: sourceBased,
        maxConnections: 100,
        members: [
          member('vm1', { state: 'draining' }),
          member('vm2', { state: 'maintenance' }),
          member('vm4', { weight: 3 }),
        ],
      }),
      rule({
        port: 81,
        protocol: 'http',
        timeouts: { clientMs: 5000 },
        stickiness: lbCookie,
      }),
      rule({ port: 83, protocol: 'tcp-proxy' }),
      rule({ port: 84 }),
    ];
    expect(text(before, after)).toMatchInlineSnapshot(`
      "~ 10.0.53.2:8080 will be changed
          stickiness.method: "none" -> "SourceBased"
          members.vm1.state: "serving" -> "draining"
          members.vm2.state: "serving" -> "maintenance"
          members.vm3: {"ip":"10.1.1.3","port":80,"state":"serving"} -> (not set)
          stickiness.tableSize: (not set) -> 204800
          stickiness.expireSeconds: (not set) -> 1800
          maxConnections: (not set) -> 100
          members.vm4: (not set) -> {"ip":"10.1.1.4","port":80,"state":"serving","weight":3}
          disturbs: held connections of clients that are not where the stick table sends them end after 5 s at the latest
          disturbs: held connections to vm2, vm3 end after 5 s at the latest

      ~ 10.0.53.2:81 will be changed
          stickiness.method: "none" -> "LbCookie"
          stickiness.cookieName: (not set) -> "LB"
          stickiness.mode: (not set) -> "insert"
          stickiness.nocache: (not set) -> false
          stickiness.indirect: (not set) -> true
          stickiness.postonly: (not set) -> false
          stickiness.domains: (not set) -> []
          timeouts.clientMs: (not set) -> 5000
          needs a reload: fixed when HAProxy reads its configuration: stickiness.method, stickiness.cookieName, stickiness.mode, stickiness.nocache, stickiness.indirect, stickiness.postonly, stickiness.domains, timeouts.clientMs

      - 10.0.53.2:82 will be removed
          needs a reload: the rule goes: HAProxy gives addresses up when it reads its configuration
          disturbs: all held connections end after 5 s at the latest: the rule goes

      + 10.0.53.2:83 will be created
          protocol = "tcp-proxy"
          algorithm = "roundrobin"
          cidrs = []
          stickiness.method = "none"
          members.vm1 = {"ip":"10.1.1.1","port":80,"state":"serving"}
          members.vm2 = {"ip":"10.1.1.2","port":80,"state":"serving"}
          needs a reload: the rule is new: HAProxy binds addresses when it reads its configuration

      Plan: 1 to create, 2 to change, 1 to remove, 1 unchanged.
      Reload: 3 rules need one reload together.
      It disturbs: idle HTTP connections of every rule are closed; their clients open new ones.
      "
    `);
  });

  it('shows the steps of a change at run time, and whose clients feel it', () => {
    const before = [rule({ stickiness: sourceBased, members: [member('vm1'), member('vm2')] })];
    const after = [rule({ members: [member('vm1', { weight: 2 }), member('vm3')] })];
    expect(text(before, after)).toMatchInlineSnapshot(`
      "~ 10.0.53.2:8080 will be changed
          stickiness.method: "SourceBased" -> "none"
          stickiness.tableSize: 204800 -> (not set)
          stickiness.expireSeconds: 1800 -> (not set)
          members.vm2: {"ip":"10.1.1.2","port":80,"state":"serving"} -> (not set)
          members.vm1.weight: (not set) -> 2
          members.vm3: (not set) -> {"ip":"10.1.1.3","port":80,"state":"serving"}
          at run time: server vm1 serves with weight 2
          at run time: add server vm3 10.1.1.3:80 id 3 weight 1
          at run time: server vm2 takes no more connections
          at run time: stickiness none
          disturbs: held connections to vm2 end after 5 s at the latest
          disturbs: clients that were bound by SourceBased are balanced anew

      Plan: 0 to create, 1 to change, 0 to remove, 0 unchanged.
      No reload.
      "
    `);
  });

  it('says what a change of cookies costs', () => {
    const cookie: AppCookie = {
      method: 'AppCookie',
      cookieName: 'a',
      length: 8,
      holdTimeSeconds: 60,
      requestLearn: false,
    };
    const disturbs = (to: Partial<AppCookie>) =>
      explainPlan(
        [rule({ protocol: 'http', stickiness: cookie })],
        [rule({ protocol: 'http', stickiness: { ...cookie, ...to } })],
      ).rules[0]!.disturbs;
    expect(disturbs({ cookieName: 'b' })).toEqual(['clients that were bound by AppCookie are balanced anew']);
    expect(disturbs({ holdTimeSeconds: 9 })).toEqual([]);
  });

  it('mends what HAProxy has otherwise than it was given', () => {
    const live = assumedLiveState(specs([rule()]), 'm', defaultSettings);
    const stick = new Map([['10_0_53_2-8080', 'source']]);
    expect(explainPlan([rule()], [rule()], { live: { ...live, stick } })).toMatchObject({
      rules: [{ action: 'update', changes: [], steps: ['stickiness none'], reload: null }],
      reload: null,
    });
    expect(explainPlan([rule()], [rule()], { live, dir: '/elsewhere' })).toMatchObject({
      rules: [{ action: 'none', steps: [] }],
      reload: 'HAProxy runs another configuration than the one that was given to it',
    });
  });

  it('reads a renewed certificate again, and reloads for a frontend that was shut down', () => {
    const certificate = '/site.pem';
    const ssl = rule({ protocol: 'ssl', certificate });
    const live = assumedLiveState(specs([ssl]), 'm', defaultSettings);
    const certificates = new Map([[certificate, usableCertificate('pem', 'NEW')]]);
    const renewed = { ...live, certificates: new Map([[certificate, 'OLD']]) };
    expect(text([ssl], [ssl], { live: renewed, certificates })).toMatchInlineSnapshot(`
      "~ 10.0.53.2:8080 will be changed
          at run time: certificate /site.pem is read again

      Plan: 0 to create, 1 to change, 0 to remove, 0 unchanged.
      No reload.
      "
    `);
    const shut = { ...live, frontends: new Map([['10_0_53_2-8080', 'STOP']]) };
    expect(text([ssl], [ssl], { live: shut, certificates })).toMatchInlineSnapshot(`
      "Plan: 0 to create, 0 to change, 0 to remove, 1 unchanged.
      Reload: the frontend of 10.0.53.2:8080 was shut down.
      It disturbs: idle HTTP connections of every rule are closed; their clients open new ones.
      "
    `);
  });

  it('says that nothing is to be done', () => {
    expect(text([rule()], [rule()])).toMatchInlineSnapshot(`
      "Plan: 0 to create, 0 to change, 0 to remove, 1 unchanged.
      No reload.
      "
    `);
  });

  it('starts a HAProxy that is not running', () => {
    expect(text([rule()], [rule()], { live: null })).toMatchInlineSnapshot(`
      "Plan: 0 to create, 0 to change, 0 to remove, 1 unchanged.
      Reload: HAProxy is not running; it is started.
      "
    `);
  });

  it('gives programs the same in data', () => {
    expect(explainPlan([rule()], [rule({ algorithm: 'source', cidrs: ['10.0.0.0/8'] })])).toMatchInlineSnapshot(`
      {
        "disturbs": [],
        "reload": "10.0.53.2:8080: fixed when HAProxy reads its configuration: algorithm",
        "rules": [
          {
            "action": "update",
            "changes": [
              {
                "field": "algorithm",
                "from": "roundrobin",
                "to": "source",
              },
              {
                "field": "cidrs",
                "from": [],
                "to": [
                  "10.0.0.0/8",
                ],
              },
            ],
            "disturbs": [
              "all held connections end after 5 s at the latest: their clients may be hashed to another member",
              "held connections from outside 10.0.0.0/8 end after 5 s at the latest",
            ],
            "reload": "fixed when HAProxy reads its configuration: algorithm",
            "rule": "10.0.53.2:8080",
            "steps": [],
          },
        ],
        "settings": [],
        "summary": {
          "create": 0,
          "delete": 0,
          "none": 0,
          "update": 1,
        },
      }
    `);
  });
});

describe('a change of the settings', () => {
  const change = (settings: Partial<RouterSettings>) => explainPlan([rule()], [rule()], { settings, formerSettings });
  const formerSettings = haproxySettingsOf(defaultSettings);

  it('is explained field by field, needs a reload, and shows no password', () => {
    const page = { ip: '10.0.53.2', port: 8404, cidrs: [], uri: '/a', user: 'admin', password: 'secret1' };
    const plan = change({ maxConnections: 6000, statistics: [page] });
    expect(plan.settings.map(({ field }) => field)).toEqual([
      'maxConnections',
      ...['cidrs', 'uri', 'user', 'password'].map((field) => `statistics.10.0.53.2:8404.${field}`),
    ]);
    expect(plan.reload).toMatch(/^the settings change: maxConnections, statistics/);
    expect(plan.rules).toMatchObject([{ action: 'none', reload: null }]);
    expect(describeExplanation(plan)).toContain('~ settings will be changed\n    maxConnections: 4096 -> 6000\n');
    expect(JSON.stringify(plan)).not.toContain('secret1');
  });

  it('is explained also where HAProxy was told nothing, or is to be told nothing', () => {
    const fields = (from: Partial<HaproxySettings>, to: Partial<RouterSettings>) =>
      explainPlan([rule()], [rule()], { settings: to, formerSettings: { ...formerSettings, ...from } }).settings.map(
        ({ field }) => field.split('.')[0],
      );
    const peers = [
      { name: 'a', ip: '10.0.53.2' },
      { name: 'b', ip: '10.0.53.3' },
    ];
    const optional: Partial<HaproxySettings> = {
      maxPipes: 1024,
      user: 'haproxy',
      group: 'haproxy',
      chroot: '/var/lib/haproxy',
      log: { ip: '127.0.0.1', port: 3914, facility: 'local0', level: 'warning' },
      dhParamBits: 2048,
      pair: { self: 'a', peers },
    };
    const names = Object.keys(haproxySettingsSchema.shape).filter((name) => !(name in formerSettings));
    expect(Object.keys(optional).sort()).toEqual(names.sort());
    for (const [name, value] of Object.entries(optional)) {
      expect(new Set(fields({}, { [name]: value }))).toEqual(new Set([name]));
      expect(new Set(fields({ [name]: value }, {}))).toEqual(new Set([name]));
    }
  });

  it('of the peers port costs the tables', () => {
    expect(change({ peersPort: 10_001 }).disturbs).toEqual([expect.stringMatching(/^clients of sticky rules/)]);
  });

  it('is none where nothing changes', () => {
    expect(change({})).toMatchObject({ settings: [], reload: null });
  });
});

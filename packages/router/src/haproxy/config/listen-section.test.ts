import type { AppCookie, LbCookie, RuleRecord } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { member, rule } from '../../../testing/rules.ts';
import { defaultTable } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import { routerPaths } from './paths.ts';
import { toProxySpecs } from './proxy-spec.ts';
import { configText, renderFiles } from './render.ts';
import { waitScriptLines } from './resync-wait.ts';
import { assignServerIds, emptyServerIds } from './server-ids.ts';
import { defaultSettings, type RouterSettings } from './settings.ts';

const paths = routerPaths('/run/limpet');
const config = (change: Partial<RuleRecord>, settings: RouterSettings = defaultSettings): string => {
  const one = rule({ members: [member('vm1')], ...change });
  const ids = assignServerIds(emptyServerIds(), [{ rule: ruleId(one), vms: one.members.map(({ vm }) => vm) }]);
  const specs = toProxySpecs([{ rule: one, generation: 1, table: defaultTable }], ids);
  return configText(renderFiles(specs, settings, paths));
};
/** The rule's section, without what every rule has. */
const section = (change: Partial<RuleRecord>): string => {
  const lines = config(change).split('\n');
  return lines.slice(lines.indexOf('listen 10_0_53_2-8080') + 1).join('\n');
};

const lbCookie: LbCookie = {
  method: 'LbCookie',
  cookieName: 'LB',
  mode: 'insert',
  nocache: true,
  indirect: true,
  postonly: true,
  domains: ['.a.test', '.b.test'],
};
const appCookie: AppCookie = {
  method: 'AppCookie',
  cookieName: 'session',
  length: 52,
  holdTimeSeconds: 60,
  requestLearn: true,
};

describe('the section of a rule', () => {
  it('has a certificate, limits, checks and all options of an inserted cookie', () => {
    const everything = section({
      protocol: 'ssl',
      algorithm: 'leastconn',
      certificate: '/site.pem',
      timeouts: { connectMs: 1, clientMs: 2, serverMs: 3 },
      maxConnections: 7,
      keepAlive: false,
      healthCheck: {
        ...{ path: '/up', method: 'HEAD', host: 'www.example.org', expect: '200,204', port: 8009, tls: true },
        ...{ intervalMs: 1000, timeoutMs: 900, healthyThreshold: 2, unhealthyThreshold: 3 },
      },
      stickiness: lbCookie,
      members: [member('vm1', { state: 'maintenance' }), member('vm2', { weight: 9 })],
    });
    expect(everything).toMatchInlineSnapshot(`
      "  bind 10.0.53.2:8080 ssl crt /run/limpet/cb05bbc61919874f.pem alpn h2,http/1.1 ssl-min-ver TLSv1.2 no-tls-tickets ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-GCM-SHA256 ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256 name public
        bind unix@/run/limpet/10_0_53_2-8080.sock mode 600 accept-proxy name probe
        mode http
        balance leastconn
        timeout connect 1ms
        timeout client 2ms
        timeout server 3ms
        option httpclose
        http-request set-header X-Forwarded-For "%[src]"
        http-request set-header X-Forwarded-Proto https
        http-request lua.wait_for_tables if { fe_name,map_str(/run/limpet/stick.map,none) -m str source } !{ str(ready),map_str(/run/limpet/stick.map,no) -m str yes } !{ date(0,ms),sub(proc.started) -m int gt 3000 }
        stick-table type ip size 204800 expire 1800s peers limpet
        stick on src if { be_name,map_str(/run/limpet/stick.map,none) -m str source }
        cookie LB insert indirect nocache postonly domain .a.test domain .b.test
        option httpchk
        http-check send meth HEAD uri "/up" ver HTTP/1.1 hdr Host www.example.org
        http-check expect status 200,204
        timeout check 900ms
        default-server check inter 1000ms rise 2 fall 3 port 8009 check-ssl verify none
        maxconn 7
        server vm1 10.1.1.1:80 id 1 weight 1 disabled cookie 10_1_1_1-80
        server vm2 10.1.1.2:80 id 2 weight 9 cookie 10_1_1_2-80
      "
    `);
  });

  it('learns the values that members set, and that clients bring', () => {
    expect(section({ stickiness: appCookie })).toMatchInlineSnapshot(`
      "  bind 10.0.53.2:8080 name public
        bind unix@/run/limpet/10_0_53_2-8080.sock mode 600 accept-proxy name probe
        mode http
        balance roundrobin
        http-request set-header X-Forwarded-For "%[src]"
        http-request set-header X-Forwarded-Proto http
        http-request lua.wait_for_tables if !{ str(ready),map_str(/run/limpet/stick.map,no) -m str yes } !{ date(0,ms),sub(proc.started) -m int gt 3000 }
        stick-table type string len 52 size 204800 expire 60s peers limpet
        stick match req.cook(session)
        stick store-response res.cook(session)
        stick store-request req.cook(session)
        default-server check
        maxconn 4096
        server vm1 10.1.1.1:80 id 1 weight 1
      "
    `);
  });

  it.each<[string, Partial<RuleRecord>, string, string[]]>([
    [
      'names the client to members by the PROXY protocol',
      { protocol: 'tcp-proxy' },
      'default-server',
      ['default-server check send-proxy check-send-proxy'],
    ],
    [
      'checks by a connection',
      {
        healthCheck: { intervalMs: 1000, timeoutMs: 900, healthyThreshold: 2, unhealthyThreshold: 3 },
      },
      'timeout|option|default-server',
      ['timeout check 900ms', 'default-server check inter 1000ms rise 2 fall 3'],
    ],
    ['limits one time', { timeouts: { clientMs: 2 } }, 'timeout', ['timeout client 2ms']],
    ['keeps connections of HTTP', { protocol: 'http', keepAlive: true }, 'option', []],
    [
      'ends connections of HTTP after a request',
      { protocol: 'http', keepAlive: false },
      'option',
      ['option httpclose'],
    ],
    [
      'tells members of HTTP the client and the scheme',
      { protocol: 'http' },
      'http-request set',
      ['http-request set-header X-Forwarded-For "%[src]"', 'http-request set-header X-Forwarded-Proto http'],
    ],
    [
      'tells members of TLS so, and by the standard header when it is asked to',
      { protocol: 'ssl', certificate: '/site.pem', forwarded: true },
      'http-request set',
      [
        'http-request set-header X-Forwarded-For "%[src]"',
        'http-request set-header X-Forwarded-Proto https',
        'http-request set-header Forwarded "for=%[src];proto=https"',
      ],
    ],
    ['tells members of TCP nothing', { protocol: 'tcp' }, 'http-request', []],
    [
      'has TLS options of its own in place of those of the router',
      {
        protocol: 'ssl',
        certificate: '/site.pem',
        tls: { minVersion: 'TLSv1.3', tickets: true, ciphers: 'A:B', ciphersuites: 'C', http2: false },
      },
      'bind 10',
      [
        'bind 10.0.53.2:8080 ssl crt /run/limpet/cb05bbc61919874f.pem alpn http/1.1 ssl-min-ver TLSv1.3 ciphers A:B ciphersuites C name public',
      ],
    ],
    [
      'has a cookie without options',
      {
        stickiness: { ...lbCookie, mode: 'rewrite', nocache: false, indirect: false, postonly: false, domains: [] },
      },
      'cookie',
      ['cookie LB rewrite'],
    ],
    [
      'learns what members set only',
      { stickiness: { ...appCookie, requestLearn: false } },
      'stick ',
      ['stick match req.cook(session)', 'stick store-response res.cook(session)'],
    ],
  ])('%s', (_, change, keyword, expected) => {
    const words = new RegExp(`^ +(${keyword})`);
    const lines = section(change)
      .split('\n')
      .filter((line) => words.test(line));
    expect(lines.map((line) => line.trim())).toEqual(expected);
  });
});

describe('the fixed sections', () => {
  it.each<[string, Partial<RuleRecord>[], boolean]>([
    ['no rule', [], false],
    ['rules of TCP', [{ port: 80 }, { port: 81 }], false],
    ['a rule of HTTP among others', [{ port: 80 }, { port: 81, protocol: 'http' }], true],
  ])('load what only HTTP needs where there is %s', (_, rules, needed) => {
    const records = rules.map((change) => rule({ members: [], ...change }));
    const ids = assignServerIds(
      emptyServerIds(),
      records.map((each) => ({ rule: ruleId(each), vms: [] })),
    );
    const specs = toProxySpecs(
      records.map((each) => ({ rule: each, generation: 1, table: defaultTable })),
      ids,
    );
    const script = waitScriptLines(paths).map((words) => `  ${words.join(' ')}\n`);
    const text = configText(renderFiles(specs, defaultSettings, paths));
    expect(script.map((each) => text.includes(each))).toEqual(script.map(() => needed));
  });

  it('have what the router is told to have', () => {
    const settings: RouterSettings = {
      ...defaultSettings,
      user: 'haproxy',
      group: 'haproxy',
      chroot: '/var/lib/haproxy',
      log: { ip: '127.0.0.1', port: 3914, facility: 'local0', level: 'warning' },
      dhParamBits: 2048,
      maxConnections: 9,
      peersPort: 10_001,
      timeouts: { connectMs: 1, clientMs: 2, serverMs: 0 },
      statistics: [{ ip: '10.0.53.2', port: 8404, cidrs: [], uri: '/stats', user: 'a', password: 'b' }],
    };
    const text = config({}, settings);
    expect(text.slice(0, text.indexOf('listen 10_0'))).toMatchInlineSnapshot(`
      "global
        user haproxy
        group haproxy
        chroot /var/lib/haproxy
        log 127.0.0.1:3914 local0 warning
        tune.ssl.default-dh-param 2048
        setenv LIMPET_CONFIG_HASH 50fadbca59c11e12
        localpeer limpet
        .if feature(OPENSSL)
        httpclient.ssl.verify none
        .endif
        set-var proc.started date(0,ms)
        maxconn 9
        stats socket /run/limpet/admin.sock mode 600 level admin expose-fd listeners

      defaults
        log global
        timeout connect 1ms
        timeout client 2ms
        timeout server 0ms
        retries 3
        option redispatch
        option dontlognull
        option socket-stats

      peers limpet
        peer limpet 127.0.0.1:10001

      listen limpet-stats-10_0_53_2-8404
        bind 10.0.53.2:8404 transparent
        mode http
        option httpclose
        stats enable
        stats uri "/stats"
        stats realm "Haproxy Statistics"
        stats auth "a:b"

      "
    `);
  });

  it.each<[string, Partial<RouterSettings>]>([
    ['maxConnections', { maxConnections: 9 }],
    ['timeouts', { timeouts: { connectMs: 1, clientMs: 2, serverMs: 3 } }],
    ['peersPort', { peersPort: 10_001 }],
  ])('change the mark with %s', (_, change) => {
    const configHashOf = (settings: RouterSettings) => /setenv LIMPET_CONFIG_HASH (\S+)/.exec(config({}, settings))![1];
    expect(configHashOf({ ...defaultSettings, ...change })).not.toBe(configHashOf(defaultSettings));
    expect(configHashOf(defaultSettings)).toMatch(/^[0-9a-f]{16}$/);
  });
});

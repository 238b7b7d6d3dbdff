import type { RuleRecord } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { aMember, appCookie, aRule, lbCookie, sourceBased } from '../testing/rules.ts';
import { generateConfiguration } from './generator.ts';
import { defaultSettings, type LoadBalancerSettings, unprivileged } from './settings.ts';

const stats = { ip: '10.0.53.2', port: 8081, uri: '/admin?stats', auth: 'admin1:AdMiN123', sourceCidrs: '0/0' };

describe('generateConfiguration', () => {
  it('has the layout of CloudStack 4.19.1', () => {
    expect(generateConfiguration([aRule({ stickiness: sourceBased })], { ...defaultSettings, stats })).toEqual([
      'global',
      '\tlog 127.0.0.1:3914   local0 warning',
      '\tmaxconn 4096',
      '\tmaxpipes 1024',
      '\tchroot /var/lib/haproxy',
      '\tuser haproxy',
      '\tgroup haproxy',
      '\tdaemon',
      '\t ',
      'defaults',
      '\tlog     global',
      '\tmode    tcp',
      '\toption  dontlognull',
      '\tretries 3',
      '\toption redispatch',
      '\toption forwardfor',
      '\toption httpclose',
      '\ttimeout connect    5000',
      '\ttimeout client     50000',
      '\ttimeout server     50000',
      '\nlisten stats_on_public\n\tbind 10.0.53.2:8081\n\tmode http\n\toption httpclose\n\tstats enable\n\tstats uri     /admin?stats\n\tstats realm   Haproxy\\ Statistics\n\tstats auth    admin1:AdMiN123\n',
      '\t ',
      'listen 10_0_53_2-8080',
      '\tbind 10.0.53.2:8080',
      '\tbalance roundrobin',
      '\tserver 10_0_53_2-8080_0 10.1.1.11:80 check',
      '\tserver 10_0_53_2-8080_1 10.1.1.12:80 check',
      '\tstick-table type ip size 200k expire 30m\n\tstick on src',
      '\t ',
      '\t ',
    ]);
  });

  it('listens on port 9 when there is no rule', () => {
    expect(generateConfiguration([], defaultSettings).slice(-5)).toEqual([
      '\t ',
      '\t ',
      'listen  vmops',
      '\tbind 0.0.0.0:9',
      '\toption transparent',
    ]);
  });

  it('drops the stickiness of a rule without serving members', () => {
    const rule = aRule({ stickiness: sourceBased, members: [aMember('10.1.1.11', { state: 'draining' })] });
    expect(ruleLines(rule)).toEqual(['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080', '\tbalance roundrobin', '\t ']);
  });

  it.each([
    [80, 'tcp', false, true],
    [80, 'http', true, false],
    [8080, 'http', false, false],
  ] as const)('port %i, protocol %s, keepalive %s: mode http is %s', (port, protocol, keepAliveEnabled, http) => {
    const lines = generateConfiguration([aRule({ port, protocol })], { ...defaultSettings, keepAliveEnabled });
    expect(lines.includes('\tmode http')).toBe(http);
  });

  it('names the member in a cookie (LbCookie)', () => {
    const stickiness = { ...lbCookie, indirect: true, nocache: true, postonly: true, domains: ['.a.org', 'b'] };
    expect(ruleLines(aRule({ stickiness }))).toEqual([
      'listen 10_0_53_2-8080',
      '\tbind 10.0.53.2:8080',
      '\tbalance roundrobin',
      '\tserver 10_0_53_2-8080_0 10.1.1.11:80 check cookie 10_1_1_11-80',
      '\tserver 10_0_53_2-8080_1 10.1.1.12:80 check cookie 10_1_1_12-80',
      '\tcookie SRV insert indirect nocache postonly domain .a.org domain b  ',
      '\tmode http',
      '\toption httpclose',
      '\t ',
    ]);
  });

  it('writes AppCookie as appsession, or as apache/cloudstack#14131 does', () => {
    const rule = aRule({ stickiness: { ...appCookie, requestLearn: true } });
    expect(ruleLines(rule)).toContain('\tappsession JSESSIONID len 52 timeout 3h request-learn ');
    expect(ruleLines(rule, { appCookie: 'stick-table' })).toContain(
      '\tstick-table type string len 52 size 10k expire 3h\n\tstick store-response res.cook(JSESSIONID)\n\tstick match req.cook(JSESSIONID)\n\tstick store-request req.cook(JSESSIONID)\n',
    );
  });

  it("tells members the client's address (tcp-proxy)", () => {
    expect(ruleLines(aRule({ protocol: 'tcp-proxy' }))[3]).toBe(
      '\tserver 10_0_53_2-8080_0 10.1.1.11:80 check send-proxy',
    );
  });

  it('terminates TLS (ssl)', () => {
    const lines = ruleLines(aRule({ protocol: 'ssl', certificate: '/etc/ssl/a.pem' }));
    expect(lines[1]).toMatch(
      /^\tbind 10\.0\.53\.2:8080 ssl crt \/etc\/ssl\/a\.pem alpn h2,http\/1\.1 .*\n\thttp-request add-header X-Forwarded-Proto https$/,
    );
    expect(lines).toContain('\tmode http');
  });

  it('leaves limits and weights out, unless the settings say that rules have their own', () => {
    const [member] = aRule().members;
    const rule = aRule({
      protocol: 'http',
      timeouts: { connectMs: 700, clientMs: 60_000, serverMs: 61_000 },
      maxConnections: 100,
      healthCheck: { path: '/up', intervalMs: 5000, timeoutMs: 900, healthyThreshold: 2, unhealthyThreshold: 3 },
      members: [
        { ...member!, weight: 7 },
        aMember('10.1.1.12', { state: 'draining' }),
        aMember('10.1.1.13', { state: 'maintenance' }),
      ],
    });
    expect(ruleLines(rule)).toEqual([...ruleLines(aRule({ members: [member!] }))]);
    expect(ruleLines(rule, { limits: 'rule', memberStates: true, protocolFromPort: false }).slice(3, -1)).toEqual([
      '\ttimeout connect    700',
      '\ttimeout client     60000',
      '\ttimeout server     61000',
      '\tmaxconn 100',
      '\ttimeout check      900',
      '\toption httpchk GET /up',
      '\tserver 10_0_53_2-8080_0 10.1.1.11:80 check weight 7 inter 5000 rise 2 fall 3',
      '\tserver 10_0_53_2-8080_1 10.1.1.12:80 check weight 0 inter 5000 rise 2 fall 3',
      '\tserver 10_0_53_2-8080_2 10.1.1.13:80 check disabled inter 5000 rise 2 fall 3',
      '\tmode http',
      '\toption http-keep-alive',
    ]);
  });

  it('rejects clients outside of the CIDR list', () => {
    expect(ruleLines(aRule({ cidrs: ['10.0.0.0/8', '192.168.1.1/32'] })).at(-2)).toBe(
      '\tacl network_allowed src 10.0.0.0/8 192.168.1.1/32 \n\ttcp-request connection reject if !network_allowed',
    );
  });

  it('leaves out what an ordinary user may not do', () => {
    expect(generateConfiguration([], { ...defaultSettings, omit: unprivileged }).slice(0, 4)).toEqual([
      'global',
      '\tmaxconn 4096',
      '\tmaxpipes 1024',
      '\t ',
    ]);
  });

  it('without the CAs of an HTTP client that no rule uses, only when it is asked for', () => {
    const line = '\thttpclient.ssl.verify none';
    expect(generateConfiguration([], { ...defaultSettings, withoutClientCas: true })).toContain(line);
    expect(generateConfiguration([], defaultSettings)).not.toContain(line);
  });

  it('can have an admin socket', () => {
    const lines = generateConfiguration([], { ...defaultSettings, statsSocket: '/run/admin.sock' });
    expect(lines[8]).toBe('\tstats socket /run/admin.sock mode 600 level admin expose-fd listeners');
  });

  it('can have stable names and peers, which CloudStack has not', () => {
    const lines = generateConfiguration([aRule({ stickiness: sourceBased })], {
      ...defaultSettings,
      serverNames: 'vm',
      peers: { section: 'lb', peer: 'vr', address: '127.0.0.1', port: 10_000 },
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        '\tlocalpeer vr',
        'peers lb',
        '\tpeer vr 127.0.0.1:10000',
        '\tserver vm-10-1-1-11 10.1.1.11:80 check',
        '\tstick-table type ip size 200k expire 30m peers lb\n\tstick on src',
      ]),
    );
  });
});

function ruleLines(rule: RuleRecord, settings: Partial<LoadBalancerSettings> = {}): string[] {
  const lines = generateConfiguration([rule], { ...defaultSettings, ...settings });
  return lines.slice(
    lines.findIndex((line) => line.startsWith('listen ')),
    -1,
  );
}

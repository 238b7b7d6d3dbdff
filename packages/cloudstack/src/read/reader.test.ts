import type { RuleRecord } from '@limpet/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRules, appCookie, aRule, lbCookie } from '../../testing/rules.ts';
import type { LoadBalancerDatabag } from '../databag.ts';
import { CloudStackError } from '../errors.ts';
import { databagOf } from '../queue-file.ts';
import { defaultSettings } from '../settings.ts';
import { readDatabag, rulesFromDatabag } from './reader.ts';

function bag(configuration: string[], list: LoadBalancerDatabag['list'] = 'rules'): LoadBalancerDatabag {
  return { list, config: { ...databagOf([], defaultSettings).rules[0]!, configuration }, unread: [] };
}

const section = (...lines: string[]): string[] => [
  'listen 10_0_53_2-8080',
  '\tbind 10.0.53.2:8080',
  '\tbalance source',
  ...lines,
];

/** A rule's section with one line put in. */
function withLine(line: string): LoadBalancerDatabag {
  return bag(['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080', '\tbalance roundrobin', line]);
}

describe('rulesFromDatabag', () => {
  it('reads lines that share an element', () => {
    const text =
      'listen 10_0_53_2-8080\n\tbind 10.0.53.2:8080\n\tbalance leastconn\n\tserver 10_0_53_2-8080_0 10.1.1.11:80 check\n\tstick-table type ip size 200k expire 30m\n\tstick on src\n';
    expect(rulesFromDatabag(bag([text]))).toEqual([
      {
        ip: '10.0.53.2',
        port: 8080,
        protocol: 'tcp',
        algorithm: 'leastconn',
        cidrs: [],
        stickiness: { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 },
        members: [{ vm: 'vm-10-1-1-11', ip: '10.1.1.11', port: 80, state: 'serving' }],
      },
    ]);
  });

  it('reads an algorithm as the user had typed it, and a single address as a network', () => {
    const [rule] = rulesFromDatabag(
      bag([
        'listen 10_0_53_2-8080',
        '\tbind 10.0.53.2:8080',
        '\tbalance RoundRobin',
        '\tacl network_allowed src 1.1.1.1 2.2.2.0/24 \n\ttcp-request connection reject if !network_allowed',
      ]),
    );
    expect(rule).toMatchObject({ algorithm: 'roundrobin', cidrs: ['1.1.1.1/32', '2.2.2.0/24'] });
  });

  it('logs to the target of the databag, and names what it does not do there', () => {
    const { settings, notCarriedOut } = readDatabag(
      bag(['global', '\tlog 127.0.0.1:3914 local0 warning err', 'defaults', '\tlog global']),
    );
    expect(settings.log).toEqual({ ip: '127.0.0.1', port: 3914, facility: 'local0', level: 'warning' });
    expect(notCarriedOut).toMatchObject([{ why: '"err" is left out: each message has its own level' }]);
  });

  it('names no password', () => {
    const page = ['listen stats_on_public', '\tbind 10.0.53.2:8081', '\tstats uri /a', '\tstats auth a:b'];
    const auth = '\tstats  auth admin1:secret1 x';
    const lines = [['global', auth], ['defaults', auth], [...page, auth], section(auth), ['listen own', auth]];
    for (const each of lines) {
      const { notCarriedOut, refused } = readDatabag(bag(each));
      const said = JSON.stringify([notCarriedOut, refused.map(({ error }) => error.message)]);
      expect(said).toContain('stats  auth admin1:...');
      expect(said).not.toContain('secret1');
    }
  });

  it('names the element, and the line in it', () => {
    expect(() => rulesFromDatabag(withLine('\tserver a'))).toThrow(/^rules\[0\]\.configuration\[3\]: /);
    expect(readDatabag(bag(['global', '\tmaxconn 4096\n\tnonsense'], 'config')).notCarriedOut).toEqual([
      { place: 'config[0].configuration[1], line 2', line: 'nonsense', why: 'is not known in the section global' },
    ]);
  });

  it('says what was expected of an address, a port, a network, a stickiness policy', () => {
    const refusal = (line: string) => expect(() => rulesFromDatabag(withLine(line)));
    refusal('\tserver x 10.1.1.300:80 check').toThrow(
      /configuration\[3\]: .*ip: expected an IPv4 address, got "10\.1\.1\.300"/,
    );
    refusal('\tserver x 10.1.1.1:0 check').toThrow(/configuration\[3\]: .*port: expected at least 1, got 0/);
    refusal('\tacl network_allowed src 10.0.0.0/33').toThrow(
      /configuration\[3\]: .*acl\[0\]: expected an IPv4 network/,
    );
    refusal('\tacl network_allowed src 10.0.0.0/8,11.0.0.0/8').toThrow(/separate the networks by blanks/);
    refusal('\tstick-table type ip size 400g expire 30m').toThrow(
      /configuration\[3\]: .*tableSize: expected at most 10000000/,
    );
  });

  it.each<[string, string[], Partial<RuleRecord>]>([
    [
      'LbCookie',
      [
        '\tserver a 10.1.1.11:80 check cookie 10_1_1_11-80',
        '\tcookie SRV insert  indirect domain .example.org domain a ',
        '\tmode http',
        '\toption httpclose',
      ],
      {
        protocol: 'http',
        keepAlive: false,
        stickiness: { ...lbCookie, indirect: true, domains: ['.example.org', 'a'] },
      },
    ],
    [
      'AppCookie as CloudStack wrote it first',
      [
        '\tserver a 10.1.1.11:80 check cookie 10_1_1_11-80',
        '\tappsession JSESSIONID len 52 timeout 3h request-learn ',
        '\tmode http',
        '\toption httpclose',
      ],
      { protocol: 'http', keepAlive: false, stickiness: { ...appCookie, requestLearn: true } },
    ],
    [
      'AppCookie as a stick table (apache/cloudstack#14131)',
      [
        '\tserver a 10.1.1.11:80 check cookie 10_1_1_11-80',
        '\tstick-table type string len 52 size 10k expire 3h\n\tstick store-response res.cook(JSESSIONID)\n\tstick match req.cook(JSESSIONID)\n',
        '\tmode http',
        '\toption http-keep-alive',
      ],
      { protocol: 'http', keepAlive: true, stickiness: appCookie },
    ],
    ['tcp-proxy', ['\tserver a 10.1.1.11:80 check send-proxy'], { protocol: 'tcp-proxy' }],
    [
      'limits of one rule',
      ['\ttimeout connect    700', '\ttimeout client     1h', '\ttimeout server     2500ms', '\tmaxconn 100'],
      { timeouts: { connectMs: 700, clientMs: 3_600_000, serverMs: 2500 }, maxConnections: 100 },
    ],
  ])('reads %s', (_, lines, expected) => {
    const [rule] = rulesFromDatabag(
      bag(['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080', '\tbalance roundrobin', ...lines]),
    );
    expect(rule).toEqual({ ...aRule({ members: expect.anything() }), ...expected });
  });

  it('reads TLS and its certificate, and what CloudStack writes beside it', () => {
    const tls = 'alpn h2,http/1.1 ssl-min-ver TLSv1.2 no-tls-tickets ciphers A:B ciphersuites C';
    const [rule] = rulesFromDatabag(
      bag([
        'listen 10_0_53_2-443',
        `\tbind 10.0.53.2:443 ssl crt /etc/cloudstack/ssl/10_0_53_2-443.pem ${tls}\n\thttp-request add-header X-Forwarded-Proto https`,
        '\tmode http',
        '\toption httpclose',
        '\tbalance roundrobin',
        '\tserver a 10.1.1.11:80 check ssl-min-ver TLSv1.2 no-tls-tickets',
      ]),
    );
    expect(rule).toMatchObject({ protocol: 'ssl', certificate: '/etc/cloudstack/ssl/10_0_53_2-443.pem' });
  });

  it.each([
    ['\tappsession JSESSIONID len 52 timeout 3h prefix', /parameter "prefix" of AppCookie is not supported/],
    ['\tappsession JSESSIONID len 52 timeout 3h mode query-string', /parameter "mode" of AppCookie is not supported/],
    ['\tserver 10_0_53_2-8080_0 10.1.1.11:80 check maxconn 5', /limit the rule's connections instead/],
    ['\tfullconn 10', /"fullconn" is not supported/],
    ['\tsource 0.0.0.0 usesrc clientip', /transparent/],
    ['frontend 10_0_53_2-443', /transparent/],
  ])('refuses %j, which a rule record cannot say, with the remedy', (line, remedy) => {
    expect(() => rulesFromDatabag(withLine(line))).toThrow(
      expect.objectContaining({ code: 'CLOUDSTACK_CONFIG_UNSUPPORTED', message: expect.stringMatching(remedy) }),
    );
  });

  it.each([
    '\tserver 10_0_53_2-8080_0 10.1.1.11 check',
    '\tserver 10_0_53_2-8080_0 10.1.1.300:80 check',
    '\tserver 10_0_53_2-8080_0 10.1.1.11:70000 check',
    '\tserver 10_0_53_2-8080_0 10.1.1.11:80',
    '\tstick-table type ip size 400g expire 30m',
    '\tstick-table type ip size 0k expire 30m',
    '\tstick-table type ip size -5k expire 30m',
    '\tstick-table type ip size 200k expire 99d',
    '\tstick-table type ip size 200k expire 30',
    '\tstick on dst',
    '\tbalance random',
    '\tacl network_allowed src 10.0.0.0/8,11.0.0.0/8',
    '\tacl network_allowed src ::1',
    '\tacl network_allowed src',
    '\tmode tcp-ish',
    '\tcookie SRV insert secure',
    '\tcookie SRV',
    '\tcookie a;b insert',
    '\tappsession JSESSIONID len 52',
    '\tappsession JSESSIONID len 52 timeout 99d',
    '\tstick match req.cook(a b)',
    '\ttimeout tunnel 5',
    '\ttimeout client 5 6',
    '\tmaxconn 0',
    '\tmaxconn -1',
    '\tserver a 10.1.1.11:80 check backup',
    '\thttp-request deny',
    '\tlog-format "%[env(X)]"',
  ])('refuses %j as no line of CloudStack', (line) => {
    expect(() => rulesFromDatabag(withLine(line))).toThrow(
      expect.objectContaining({ code: 'CLOUDSTACK_CONFIG_SYNTAX' }),
    );
  });

  it.each<[string[], RegExp, string?]>([
    [['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8081', '\tbalance source'], /should be "bind 10\.0\.53\.2:8080"/],
    [['listen 10_0_53_2-8080', '\tbalance source'], /has no bind/],
    [['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080'], /has no balance/],
    [['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080', '\tbalance source', '\tstick on src'], /has no stick-table/],
    [
      ['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080', '\tbalance source', '\tstick-table type ip size 1k expire 1m'],
      /has no "stick on src"/,
    ],
    [
      ['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080', '\tbalance source', '\tacl network_allowed src 10.0.0.0/8'],
      /has no tcp-request/,
    ],
    [
      [
        'listen 10_0_53_2-8080',
        '\tbind 10.0.53.2:8080',
        '\tbalance source',
        '\tserver a 10.1.1.1:80 check',
        '\tserver b 10.1.1.1:81 check',
      ],
      /a second server at 10\.1\.1\.1/,
    ],
    [
      ['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080', '\tbind 10.0.53.2:8080', '\tbalance source'],
      /configuration\[2\]: a second bind/,
    ],
    [
      ['listen 10_0_53_2-8080', '\tbind 10.0.53.2:8080 ssl crt x y'],
      /should be "bind 10\.0\.53\.2:8080 ssl crt FILE"/,
      'CLOUDSTACK_CONFIG_SYNTAX',
    ],
    [section('\tserver a 10.1.1.1:80 check cookie 10_1_1_1-80'), /has a cookie, and the rule has none/],
    [section('\tserver a 10.1.1.1:80 check cookie 10_1_1_2-80'), /should be "10_1_1_1-80"/],
    [section('\tmode http', '\tserver a 10.1.1.1:80 check', '\tcookie SRV insert'), /has no cookie, so that no client/],
    [section('\tcookie SRV insert'), /has no "mode http" for its cookie/],
    [section('\tcookie SRV insert', '\tcookie SRV2 insert'), /a second cookie/],
    [section('\tcookie SRV insert', '\tstick-table type ip size 1k expire 1m'), /beside a cookie/],
    [
      section('\tstick-table type string len 9 size 1k expire 1m', '\tstick match req.cook(a)'),
      /one "stick store-response/,
    ],
    [
      section('\tserver a 10.1.1.1:80 check', '\tserver b 10.1.1.2:80 check send-proxy'),
      /some servers have "send-proxy"/,
    ],
    [section('\thttp-request add-header X-Forwarded-Proto https'), /the bind has no "ssl crt FILE"/],
    [section('\ttimeout client 5', '\ttimeout client 6'), /a second "timeout client"/],
    [section('\tmaxconn 5', '\tmaxconn 6'), /a second maxconn/],
    [['listen 10_0_53_2-8080', '\tbalance source', '\tbalance source'], /configuration\[2\]: a second balance/],
    [
      ['listen 10_0_53_2-8080', '\tstick-table type ip size 1k expire 1m', '\tstick-table type ip size 1k expire 1m'],
      /configuration\[2\]: a second stick-table/,
    ],
  ])('refuses sections that contradict themselves %#', (lines, problem, code = 'CLOUDSTACK_CONFIG_INCONSISTENT') => {
    expect(() => rulesFromDatabag(bag(lines))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(problem) }),
    );
  });

  it('refuses the same rule twice', () => {
    const [rule] = [aRule()];
    expect(() => rulesFromDatabag(bag(databagOf([rule, rule], defaultSettings).rules[0]!.configuration))).toThrow(
      /a second section/,
    );
  });

  it('answers any damaged configuration with rules or with a CloudStackError, never otherwise', () => {
    const damage = fc.tuple(fc.nat(), fc.nat(), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(anyRules, fc.array(damage, { maxLength: 3 }), (rules, damages) => {
        const configuration = [...databagOf(rules, defaultSettings).rules[0]!.configuration];
        for (const [element, at, text] of damages) {
          const i = element % configuration.length;
          const line = configuration[i]!;
          configuration[i] = line.slice(0, at % (line.length + 1)) + text + line.slice(at % (line.length + 1));
        }
        try {
          readDatabag(bag(configuration));
          rulesFromDatabag(bag(configuration));
        } catch (error) {
          expect(error).toBeInstanceOf(CloudStackError);
        }
      }),
    );
  });
});

/**
 * Every line that CloudStack's HAProxyConfigurator can write, in all versions from the customisable branch (LeaseWeb) to
 * apache/cloudstack#14131, and what Limpet does with it.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { databagOf } from '../queue-file.ts';
import { defaultSettings } from '../settings.ts';
import { type DatabagContents, readDatabag } from './reader.ts';

const tls = 'ciphers A:B ciphersuites C';
const bases = {
  global: { before: ['global'], after: ['defaults', '\tlog global', '\ttimeout connect 5000'] },
  defaults: {
    before: ['global', '\tlog 127.0.0.1:3914 local0 warning', 'defaults'],
    after: ['listen 10_0_53_2-81', '\tbind 10.0.53.2:81', '\tbalance source', '\tmode http'],
  },
  'second defaults': { before: ['defaults', '\tlog global', '\ttimeout connect 5000'], after: [] },
  statistics: {
    before: ['listen stats_on_guest', '\tstats auth admin1:secret1', '\tstats uri /a', '\tbind 10.0.53.2:8081'],
    after: [],
  },
  rule: { before: ['listen 10_0_53_2-80', '\tbind 10.0.53.2:80', '\tbalance roundrobin'], after: [] },
  'http rule': {
    before: ['listen 10_0_53_2-80', '\tbind 10.0.53.2:80', '\tbalance roundrobin', '\tmode http'],
    after: [],
  },
  'rule without a bind': { before: ['listen 10_0_53_2-80', '\tbalance roundrobin', '\tmode http'], after: [] },
  'rule without balance': { before: ['listen 10_0_53_2-80', '\tbind 10.0.53.2:80'], after: [] },
  'rule with cookies': {
    before: ['listen 10_0_53_2-80', '\tbind 10.0.53.2:80', '\tbalance source', '\tmode http', '\tcookie SRV insert'],
    after: [],
  },
  top: { before: [], after: [] },
} as const;

/**
 * `changes`: the rules or settings say it. `always`: what Limpet does in any case. Otherwise: why it is not carried out,
 * or why its rule is refused.
 */
type Outcome = 'changes' | 'always' | RegExp;

const lines: [keyof typeof bases, string, Outcome][] = [
  ['global', '\t__proto__', /not known in the section global/],
  ['global', '\tconstructor', /not known in the section global/],
  ['defaults', '\t__proto__', /not known in the section defaults/],
  ['defaults', '\ttimeout constructor 5000', /should be "timeout connect/],
  ['rule', '\t__proto__', /no line that CloudStack writes/],
  ['rule', '\ttimeout __proto__ 5000', /should be "timeout connect/],
  ['global', '\tlog 127.0.0.1:3914   local0 warning', 'changes'],
  ['global', '\tmaxconn 6000', 'changes'],
  ['global', '\tmaxpipes 1500', 'changes'],
  ['global', '\tchroot /var/lib/haproxy', 'changes'],
  ['global', '\tuser haproxy', 'changes'],
  ['global', '\tuser root', 'changes'],
  ['global', '\tgroup haproxy', 'changes'],
  ['global', '\tgroup root', 'changes'],
  ['global', '\tdaemon', 'always'],
  ['global', '\tstats socket /run/haproxy/admin.sock', /admin\.sock in the folder of the router/],
  ['global', '\tstats socket /var/run/haproxy.socket', /admin\.sock in the folder of the router/],
  ['global', '\ttune.ssl.default-dh-param 2048', 'changes'],
  ['defaults', '\tlog     global', 'changes'],
  ['defaults', '\tmode    tcp', 'always'],
  ['defaults', '\toption  dontlognull', 'always'],
  ['defaults', '\tretries 3', 'always'],
  ['defaults', '\toption redispatch', 'always'],
  ['defaults', '\toption forwardfor', 'always'],
  ['defaults', '\toption httpclose', 'changes'],
  ['defaults', '\toption forceclose', 'changes'],
  ['defaults', '\tno option httpclose', 'always'],
  ['defaults', '\tno option forceclose', 'always'],
  ['defaults', '\ttimeout connect    5000', 'changes'],
  ['defaults', '\ttimeout client     1800000', 'changes'],
  ['defaults', '\ttimeout server     1800000', 'changes'],
  ['defaults', '\tstats enable', /set lbStatsVisibility to global/],
  ['defaults', '\tstats uri     /admin?stats', /set lbStatsVisibility to global/],
  ['defaults', '\tstats realm   Haproxy\\ Statistics', /set lbStatsVisibility to global/],
  ['defaults', '\tstats auth    admin1:secret1', /set lbStatsVisibility to global/],
  ...['stats_on_public', 'stats_on_guest', 'stats_on_private'].map((name): [keyof typeof bases, string, Outcome] => [
    'top',
    `listen ${name}\n\tbind 10.0.53.2:8081\n\tmode http\n\toption httpclose\n\tstats enable\n\tstats uri     /admin?stats\n\tstats realm   Haproxy\\ Statistics\n\tstats auth    admin1:secret1`,
    'changes',
  ]),
  ['statistics', '\tmode http', 'always'],
  ['statistics', '\toption httpclose', 'always'],
  ['statistics', '\tstats enable', 'always'],
  ['statistics', '\tstats realm   Haproxy\\ Statistics', 'always'],
  ['top', 'listen 10_0_53_2-80\n\tbind 10.0.53.2:80\n\tbalance roundrobin', 'changes'],
  ['top', 'listen  vmops\n\tbind 0.0.0.0:9\n\toption transparent', 'always'],
  ['top', 'frontend 10_0_53_2-80', /transparent load balancing is not supported/],
  ['top', 'backend 10_0_53_2-80-backend', /transparent load balancing is not supported/],
  ['top', 'backend 10_0_53_2-80-backend-local', /transparent load balancing is not supported/],
  ['rule without a bind', '\tbind 10.0.53.2:80', 'changes'],
  ['rule without a bind', '\tbind 10.0.53.2:80 ssl crt /etc/cloudstack/ssl/a.pem', 'changes'],
  ['rule without a bind', `\tbind 10.0.53.2:80 ssl crt /etc/ssl/cloudstack/a.pem alpn h2,http/1.1 ${tls}`, 'changes'],
  ['rule without a bind', `\tbind 10.0.53.2:80 ssl crt /a.pem ssl-min-ver TLSv1.2 no-tls-tickets ${tls}`, 'changes'],
  ['rule without a bind', `\tbind 10.0.53.2:80 ssl crt /a.pem no-sslv3 no-tls-tickets ciphers A:B`, 'changes'],
  [
    'rule without a bind',
    `\tbind 10.0.53.2:80 ssl crt /a.pem no-sslv3 no-tlsv10 no-tlsv11 no-tls-tickets ciphers A:B\n\thttp-request add-header X-Forwarded-Proto https`,
    'changes',
  ],
  ['rule without balance', '\tbalance roundrobin', 'changes'],
  ['rule without balance', '\tbalance leastconn', 'changes'],
  ['rule without balance', '\tbalance source', 'changes'],
  ['rule', '\ttimeout connect    700', 'changes'],
  ['rule', '\ttimeout client     700', 'changes'],
  ['rule', '\ttimeout server     700', 'changes'],
  ['rule', '\tmaxconn 10', 'changes'],
  ['rule', '\tfullconn 10', /"fullconn" is not supported/],
  ['rule', '\tserver 10_0_53_2-80_0 10.1.1.11:80 check', 'changes'],
  ['rule', '\tserver 10_0_53_2-80_0 10.1.1.11:80 check send-proxy', 'changes'],
  ['rule', `\tserver 10_0_53_2-80_0 10.1.1.11:80 check ssl-min-ver TLSv1.2 no-tls-tickets ${tls}`, 'changes'],
  ['rule', '\tserver 10_0_53_2-80_0 10.1.1.11:80 check ssl verify none', /TLS to members is not supported/],
  ['rule', '\tserver 10_0_53_2-80_0 10.1.1.11:80 check maxconn 5', /limit the rule's connections/],
  ['rule', '\tserver 10_0_53_2-80_0 10.1.1.11:80 check minconn 5', /limit the rule's connections/],
  ['rule', '\tserver 10_0_53_2-80_0 10.1.1.11:80 check maxqueue 5', /limit the rule's connections/],
  ['rule with cookies', '\tserver 10_0_53_2-80_0 10.1.1.11:80 check cookie 10_1_1_11-80', 'changes'],
  ['http rule', '\tcookie SRV insert  indirect nocache postonly domain a.org domain b.org  ', 'changes'],
  ['http rule', '\tcookie SRV rewrite ', 'changes'],
  ['http rule', '\tcookie SRV prefix ', 'changes'],
  ['rule', '\tstick-table type ip size 200k expire 30m\n\tstick on src', 'changes'],
  ['http rule', '\tappsession JSESSIONID len 52 timeout 3h request-learn ', 'changes'],
  ['http rule', '\tappsession JSESSIONID len 52 timeout 3h prefix ', /parameter "prefix" of AppCookie/],
  ['http rule', '\tappsession JSESSIONID len 52 timeout 3h mode query-string ', /parameter "mode" of AppCookie/],
  [
    'http rule',
    '\tstick-table type string len 52 size 10k expire 3h\n\tstick store-response res.cook(A)\n\tstick match req.cook(A)\n\tstick store-request req.cook(A)\n',
    'changes',
  ],
  ['rule', '\tmode http', 'changes'],
  ['http rule', '\toption httpclose', 'changes'],
  ['http rule', '\toption http-keep-alive', 'always'],
  ['http rule', '\tno option forceclose', 'always'],
  [
    'rule',
    '\tacl network_allowed src 10.0.0.0/8 1.1.1.1 \n\ttcp-request connection reject if !network_allowed',
    'changes',
  ],
  ['rule', '\tsource 0.0.0.0 usesrc clientip', /transparent/],
  ['global', '\t ', 'always'],
  ['defaults', '\t ', 'always'],
  ['rule', '\t ', 'always'],
  // What CloudStack does not write, and a person may have.
  ...(['global', 'defaults', 'statistics', 'rule'] as const).map((base): [keyof typeof bases, string, Outcome] => [
    base,
    '\t# a comment',
    'always',
  ]),
  ['defaults', '\ttimeout client 30s 5', /should be "timeout connect/],
  ['second defaults', 'defaults\n\tlog global\n\ttimeout client 10s', /in a second section defaults; the first counts/],
  ['statistics', '\tbind 10.0.53.3:8081', /a second "bind"; the first one counts/],
  ['statistics', '\tstats uri /b', /a second "stats uri"; the first one counts/],
  ['statistics', '\tstats auth admin2:secret2', /a second "stats auth"; the first one counts/],
  ...['bind 10.0.53.2:8081 ssl crt /a.pem', 'stats uri /a b', 'stats auth admin1:secret 1'].map(
    (line): [keyof typeof bases, string, Outcome] => [
      'top',
      `listen stats_on_guest\n\t${line}\n\tbind 10.0.53.2:8081\n\tstats auth admin1:secret1\n\tstats uri /a`,
      /a second "|has more than "(bind|stats uri|stats auth)" and one value/,
    ],
  ),
  ['top', 'listen vmops\n\tbind 10.0.53.2:80\n\tserver a 10.1.1.11:80 check', /no line of CloudStack's dummy "vmops"/],
  ...['cache', 'crt-store', 'fcgi-app', 'http-errors', 'log-forward', 'mailers', 'program'].map(section),
  ...['resolvers', 'ring', 'traces', 'userlist'].map(section),
  ['rule', 'peers 10_0_53_2-81\n\tpeer a 10.0.53.2:1024', /Limpet has peers of its own/],
];

/** A section of HAProxy's after a rule is not at fault of the rule. */
function section(kind: string): [keyof typeof bases, string, Outcome] {
  return ['rule', `${kind} a\n\tnameserver a 10.0.0.1:53`, new RegExp(`^CloudStack writes no section "${kind}"$`)];
}

function contentsOf(configuration: readonly string[]): DatabagContents {
  return readDatabag({
    list: 'rules',
    config: { ...databagOf([], defaultSettings).rules[0]!, configuration: [...configuration] },
    unread: [],
  });
}

it.each(lines)('in %s, %j: %s', (base, line, outcome) => {
  const { before, after } = bases[base];
  const [without, contents] = [contentsOf([...before, ...after]), contentsOf([...before, line, ...after])];
  const said = (of: DatabagContents) => ({ rules: of.rules, settings: of.settings });
  const problems = [
    ...contents.refused.map(({ error }) => error.message),
    ...contents.notCarriedOut.map(({ why }) => why),
  ];
  if (outcome instanceof RegExp) {
    // A line that cannot be carried out does not change what the others say.
    if (contents.refused.length === 0 && without.notCarriedOut.length === 0) {
      expect(said(contents)).toEqual(said(without));
    }
    expect(problems).not.toEqual([]);
    for (const problem of problems) expect(problem).toMatch(outcome);
    return;
  }
  expect(problems).toEqual([]);
  if (outcome === 'changes') expect(said(contents)).not.toEqual(said(without));
  else expect(said(contents)).toEqual(said(without));
});

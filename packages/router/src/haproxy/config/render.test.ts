import { describe, expect, it } from 'vitest';
import { member, rule, sourceBased } from '../../../testing/rules.ts';
import { type DesiredRule, defaultTable } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import { chainRules } from '../firewall/chain-rules.ts';
import { routerPaths } from './paths.ts';
import { toProxySpecs } from './proxy-spec.ts';
import { configText, renderFiles } from './render.ts';
import { assignServerIds, emptyServerIds } from './server-ids.ts';
import { defaultSettings } from './settings.ts';

const paths = routerPaths('/run/limpet');
const files = (...rules: ReturnType<typeof rule>[]) => {
  const ids = assignServerIds(
    emptyServerIds(),
    rules.map((each) => ({ rule: ruleId(each), vms: each.members.map(({ vm }) => vm) })),
  );
  const wanted = rules.map((each): DesiredRule => ({ rule: each, generation: 1, table: defaultTable }));
  const all = renderFiles(toProxySpecs(wanted, ids), defaultSettings, paths);
  return { ...all, text: configText(all) };
};

describe('renderFiles', () => {
  it('writes one listen section a rule, and one line of the map', () => {
    const { text: config, stickMap } = files(
      rule({ port: 81, algorithm: 'source', protocol: 'http', members: [member('vm7', { state: 'draining' })] }),
      rule({ port: 80, stickiness: sourceBased }),
    );
    expect(config.slice(config.indexOf('listen'))).toMatchInlineSnapshot(`
      "listeners

      defaults
        timeout connect 5000ms
        timeout client 50000ms
        timeout server 50000ms
        retries 3
        option redispatch
        option dontlognull
        option socket-stats

      peers limpet
        peer limpet 127.0.0.1:10000

      listen 10_0_53_2-81
        bind 10.0.53.2:81 name public
        bind unix@/run/limpet/10_0_53_2-81.sock mode 600 accept-proxy name probe
        mode http
        balance source
        hash-type consistent
        http-request set-header X-Forwarded-For "%[src]"
        http-request set-header X-Forwarded-Proto http
        http-request lua.wait_for_tables if { fe_name,map_str(/run/limpet/stick.map,none) -m str source } !{ str(ready),map_str(/run/limpet/stick.map,no) -m str yes } !{ date(0,ms),sub(proc.started) -m int gt 3000 }
        stick-table type ip size 204800 expire 1800s peers limpet
        stick on src if { be_name,map_str(/run/limpet/stick.map,none) -m str source }
        default-server check
        maxconn 4096
        server vm7 10.1.1.7:80 id 1 weight 0

      listen 10_0_53_2-80
        bind 10.0.53.2:80 name public
        bind unix@/run/limpet/10_0_53_2-80.sock mode 600 accept-proxy name probe
        mode tcp
        balance roundrobin
        tcp-request inspect-delay 1000ms
        tcp-request content accept if { fe_name,map_str(/run/limpet/stick.map,none) -m str none }
        tcp-request content accept if { str(ready),map_str(/run/limpet/stick.map,no) -m str yes }
        tcp-request content accept if { date(0,ms),sub(proc.started) -m int gt 3000 }
        tcp-request content accept if WAIT_END
        stick-table type ip size 204800 expire 1800s peers limpet
        stick on src if { be_name,map_str(/run/limpet/stick.map,none) -m str source }
        default-server check
        maxconn 4096
        server vm1 10.1.1.1:80 id 2 weight 1
        server vm2 10.1.1.2:80 id 3 weight 1
      "
    `);
    expect(stickMap.split('\n').sort()).toEqual(['', '10_0_53_2-80 source', '10_0_53_2-81 none']);
  });

  it('marks only what a reload has to bring', () => {
    const { configHash } = files(rule());
    expect(files(rule({ stickiness: sourceBased })).configHash).toBe(configHash);
    expect(files(rule({ members: [member('vm9')] })).configHash).toBe(configHash);
    expect(files(rule({ algorithm: 'leastconn' })).configHash).not.toBe(configHash);
    expect(files(rule(), rule({ port: 81 })).configHash).not.toBe(configHash);
  });
});

describe('acceptRules', () => {
  it('admits each network, as iptables-save words it, and everybody without a source', () => {
    const accept = '-d 10.0.53.2/32 -p tcp -m tcp --dport 8080 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT';
    expect(chainRules([rule({ cidrs: ['192.0.2.7/32', '10.1.2.3/8'] })])).toEqual([
      `-s 10.0.0.0/8 ${accept}`,
      `-s 192.0.2.7/32 ${accept}`,
      '-d 10.0.53.2/32 -p tcp -m tcp --dport 8080 -m conntrack --ctstate NEW -j DROP',
    ]);
    expect(chainRules([rule({ cidrs: ['10.1.2.3/8', '0.0.0.0/0'] }), rule({ port: 81 })])).toEqual([
      accept,
      '-d 10.0.53.2/32 -p tcp -m tcp --dport 81 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT',
    ]);
  });
});

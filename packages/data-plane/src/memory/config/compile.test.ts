import { describe, expect, it } from 'vitest';
import { compileConfig } from './compile.ts';

function alerts(text: string): string[] {
  const compiled = compileConfig(text, (path) => (path === '/run/a.map' ? 'a source\n' : undefined));
  return compiled.ok ? [] : compiled.alerts;
}

const listen = (...lines: string[]) =>
  ['listen a', ' bind 10.0.53.2:80', ...lines.map((line) => ` ${line}`)].join('\n');

describe('compileConfig', () => {
  it('accepts the shape that CloudStack generates', () => {
    const text = [
      'global',
      '\tlog 127.0.0.1:3914   local0 warning',
      '\tmaxconn 4096',
      '\tmaxpipes 1024',
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
      'listen stats_on_public',
      '\tbind 10.0.53.2:8081',
      '\tmode http',
      '\toption httpclose',
      '\tstats enable',
      '\tstats uri     /admin?stats',
      '\tstats realm   Haproxy\\ Statistics',
      '\tstats auth    admin1:AdMiN123',
      'listen 10_0_53_2-8080',
      '\tbind 10.0.53.2:8080',
      '\tbalance roundrobin',
      '\tserver 10_0_53_2-8080_0 10.1.1.11:80 check',
      '\tstick-table type ip size 200k expire 30m',
      '\tstick on src',
    ].join('\n');
    const compiled = compileConfig(text, () => undefined);
    expect(compiled.ok && compiled.config.proxies.map(({ name, idleTimeoutMs }) => [name, idleTimeoutMs])).toEqual([
      ['stats_on_public', 50_000],
      ['10_0_53_2-8080', 50_000],
    ]);
  });

  it('reports every alert, not the first one', () => {
    expect(alerts(listen('bogus', 'option forceclose', 'appsession x len 5'))).toEqual([
      "unknown keyword 'bogus' in 'listen' section",
      expect.stringContaining("option 'forceclose' is not supported any more"),
      "'appsession' is not supported anymore since HAProxy 1.6.",
    ]);
  });

  it.each([
    ['stick store-response req.cook(a)', 'fetch method'],
    ['acl a hdr(host) b', 'not modelled'],
    ['tcp-request connection set-src src', 'not modelled'],
    ['stick on hdr(a)', 'fetch method'],
  ])('says that it does not model "%s"', (line, message) => {
    expect(alerts(listen('stick-table type ip size 1k', line)).join()).toContain(message);
  });

  it.each([
    ['if { be_name,map_str(/run/a.map,none) -m str source }', true],
    ['unless { be_name,map_str(/run/a.map,none) -m str source }', false],
    ['if inside', true],
    ['if !inside', false],
    ['if !inside or { src 198.51.100.0/24 }', true],
    ['if inside { src 192.0.2.0/24 }', false],
  ])('evaluates "%s"', (condition, holds) => {
    const text = listen('acl inside src 198.51.100.0/24', 'stick-table type ip size 1k', `stick on src ${condition}`);
    const compiled = compileConfig(text, () => '');
    const when = compiled.ok ? compiled.config.proxies[0]?.stick[0]?.when : undefined;
    expect(when?.({ source: '198.51.100.7', proxy: 'a', lookup: () => 'source' })).toBe(holds);
  });
});

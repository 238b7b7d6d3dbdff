import { withPatch } from '@limpet/operations';
import { defaultSettings, haproxySettingsOf } from '@limpet/router';
import { expect, it } from 'vitest';
import { parseSetOptions } from './set-options.ts';

const set = (...options: string[]) => parseSetOptions(options).reduce(withPatch, haproxySettingsOf(defaultSettings));

it('says each setting in the words of a rules file, the last one in place of those before', () => {
  const settings = set(
    'maxConnections=6000',
    'timeouts.client=30m',
    'timeouts.server=0s',
    'user=haproxy',
    'log={ ip: 127.0.0.1, port: 3914 }',
    'tls.minVersion=TLSv1.3',
    'statistics=[{ ip: 203.0.113.10, user: admin1, password: secret1 }]',
    'maxConnections=7000',
    'pair.peers=[{ name: r-5-VM, ip: 10.1.1.2 }, { name: r-6-VM, ip: 10.1.1.3 }]',
    'pair.self=r-6-VM',
  );
  expect(settings).toEqual({
    ...haproxySettingsOf(defaultSettings),
    maxConnections: 7000,
    timeouts: { connectMs: 5000, clientMs: 1_800_000, serverMs: 0 },
    user: 'haproxy',
    log: { ip: '127.0.0.1', port: 3914, facility: 'local0', level: 'warning' },
    tls: { ...defaultSettings.tls, minVersion: 'TLSv1.3' },
    pair: {
      self: 'r-6-VM',
      peers: [
        { name: 'r-5-VM', ip: '10.1.1.2' },
        { name: 'r-6-VM', ip: '10.1.1.3' },
      ],
    },
    statistics: [
      { ip: '203.0.113.10', port: 8081, cidrs: [], uri: '/admin?stats', user: 'admin1', password: 'secret1' },
    ],
  });
});

it.each([
  ['maxConnections', /expected NAME=VALUE/],
  ['=5', /expected NAME=VALUE/],
  ['timeouts..client=5s', /expected NAME=VALUE/],
  ['maxConnection=5', /maxConnection is no setting; did you mean maxConnections\?/],
  ['timeouts.tunnel=5s', /timeouts\.tunnel is no setting; known are connect, client, server/],
  ['maxConnections=0', /maxConnections: expected at least 1, got 0/],
  ['maxConnections=many', /maxConnections: expected an integer, got "many"/],
  ['timeouts.client=30', /timeouts\.client: expected a time with its unit/],
  ['user=a b', /user: expected a name of the operating system such as haproxy, got "a b"/],
  ['log.facility=local9', /log\.(ip|facility): expected/],
  ['statistics=[{ip: x}]', /statistics\.0\.ip: expected an IPv4 address, got "x"/],
  ['pair.peer=[]', /pair\.peer is no setting; did you mean peers\?/],
  ['pair.peers=[{ name: a, ip: x }]', /pair\.peers\.0\.ip: expected an IPv4 address, got "x"/],
  ['user=[', /--set user=\[/],
])('refuses %s', (option, problem) => {
  expect(() => set(option)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(problem) }),
  );
});

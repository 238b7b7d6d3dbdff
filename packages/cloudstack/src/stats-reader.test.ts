import { expect, it } from 'vitest';
import { aRule } from '../testing/rules.ts';
import { parseDatabag } from './databag.ts';
import { databagOf } from './queue-file.ts';
import { defaultSettings, type StatsListener } from './settings.ts';
import { statsListenerFromDatabag } from './stats-reader.ts';

const stats = { ip: '10.0.53.2', port: 8081, uri: '/admin?stats', auth: 'admin1:AdMiN123', sourceCidrs: '0/0' };
const databag = (listener: StatsListener | undefined, change: (text: string) => string = (text) => text) =>
  parseDatabag(
    change(JSON.stringify(databagOf([aRule()], listener ? { ...defaultSettings, stats: listener } : defaultSettings))),
  );

it('reads the statistics listener that the databag was made with', () => {
  expect(statsListenerFromDatabag(databag(stats))).toEqual(stats);
  expect(statsListenerFromDatabag(databag(undefined))).toBeUndefined();
});

it.each([
  ['bind 10.0.53.2:8081', 'bind *:8081', /should have a "bind IPV4:PORT"/],
  ['bind 10.0.53.2:8081', 'bind 10.0.53.2:99999', /port: expected at most 65535/],
  ['stats uri     /admin?stats', 'stats uri', /has no "stats uri" with a value/],
  ['stats auth    admin1:AdMiN123', 'stats enable', /has no "stats auth" with a value/],
])('refuses %j as %j', (from, to, problem) => {
  expect(() => statsListenerFromDatabag(databag(stats, (text) => text.replace(from, to)))).toThrow(problem);
});

import { renderConfig } from '@limpet/haproxy';
import { expect, it } from 'vitest';
import { checkStatsPage, type StatsPage, statsSection } from './stats-page.ts';

const page: StatsPage = { ip: '10.0.53.2', port: 8404, cidrs: [], uri: '/admin?stats', user: 'admin', password: 'a"b' };

it('is a section of its own', () => {
  expect(renderConfig({ sections: [statsSection(page)] })).toMatchInlineSnapshot(`
    "listen limpet-stats
      bind 10.0.53.2:8404
      mode http
      stats enable
      stats uri "/admin?stats"
      stats auth "admin:a\\"b"
    "
  `);
});

it.each([
  ['uri', 'admin'],
  ['uri', '/a b'],
  ['user', 'a:b'],
  ['password', ''],
  ['password', 'line\nbreak'],
] as const)('refuses a %s that is %j', (field, value) => {
  expect(() => checkStatsPage({ ...page, [field]: value })).toThrow(`statsPage.${field} `);
  checkStatsPage(page);
});

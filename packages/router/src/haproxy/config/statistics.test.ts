import type { StatisticsPage } from '@limpet/contract';
import { renderConfig } from '@limpet/haproxy';
import { expect, it } from 'vitest';
import { statisticsSection } from './statistics.ts';

const page: StatisticsPage = {
  ...{ ip: '10.0.53.2', port: 8404, cidrs: [] },
  ...{ uri: '/admin?stats', user: 'admin', password: 'a"b' },
};

it('is a section of its own', () => {
  expect(renderConfig({ sections: [statisticsSection(page)] })).toMatchInlineSnapshot(`
    "listen limpet-stats-10_0_53_2-8404
      bind 10.0.53.2:8404 transparent
      mode http
      option httpclose
      stats enable
      stats uri "/admin?stats"
      stats realm "Haproxy Statistics"
      stats auth "admin:a\\"b"
    "
  `);
});

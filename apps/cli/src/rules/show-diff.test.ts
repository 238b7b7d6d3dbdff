import type { Changes } from '@limpet/operations';
import type { RuleExplanation } from '@limpet/router';
import { expect, it } from 'vitest';
import { showDiff } from './show-diff.ts';

const changes = (rules: Partial<RuleExplanation>[], change: Partial<Changes> = {}): Changes => ({
  changes: true,
  rules: rules.map((each) => ({
    rule: '203.0.113.10:80',
    action: 'none',
    changes: [],
    steps: [],
    reload: null,
    disturbs: [],
    ...each,
  })),
  reload: null,
  settings: [],
  disturbs: [],
  summary: { create: 0, update: 0, delete: 0, none: 0 },
  also: [],
  refusals: [],
  ...change,
});

it('shows fields before and after, rule by rule', () => {
  const text = showDiff(
    changes(
      [
        {
          action: 'update',
          changes: [
            { field: 'algorithm', from: 'roundrobin', to: 'leastconn' },
            { field: 'maxConnections', from: null, to: 500 },
            { field: 'members.web-2', from: { ip: '10.1.1.12', port: 8080 }, to: null },
          ],
        },
        { rule: '203.0.113.10:81', action: 'delete', changes: [{ field: 'port', from: 81, to: null }] },
        { rule: '203.0.113.10:82' },
        { rule: '203.0.113.10:83', steps: ['server web-1 leaves maintenance'] },
      ],
      { also: ['iptables: the chain of accepts was changed by somebody else'] },
    ),
  );
  expect(text).toMatchInlineSnapshot(`
    "~ 203.0.113.10:80
    -   algorithm: roundrobin
    +   algorithm: leastconn
    +   maxConnections: 500
    -   members.web-2: {"ip":"10.1.1.12","port":8080}
    - 203.0.113.10:81
    -   port: 81
    ! 203.0.113.10:83
    !   server web-1 leaves maintenance
    ! iptables: the chain of accepts was changed by somebody else
    "
  `);
});

it('shows nothing for what is alike, and why HAProxy is started or reloaded when no rule says it', () => {
  expect(showDiff(changes([{}], { changes: false }))).toBe('');
  expect(showDiff(changes([{}], { reload: 'HAProxy is not running' }))).toBe('! HAProxy is not running\n');
});

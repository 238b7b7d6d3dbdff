import { describe, expect, it } from 'vitest';
import { defaultTable } from '../desired.ts';
import { ruleId } from '../names.ts';
import { member, rule, sourceBased } from '../testing/rules.ts';
import { layoutOf } from './layout.ts';
import type { LiveProxy, LiveServer } from './live.ts';
import { describePlan, planSteps } from './plan.ts';
import { assignServerIds, emptyServerIds } from './server-ids.ts';

const ids = assignServerIds(emptyServerIds(), [{ rule: '10.0.53.2:8080', vms: ['vm1', 'vm2', 'vm3'] }]);
const layout = (change: Parameters<typeof rule>[0] = {}) =>
  layoutOf([{ rule: rule(change), generation: 1, table: defaultTable }], {
    ...ids,
    ids: { ...ids.ids, [ruleId(rule(change))]: ids.ids['10.0.53.2:8080']! },
  });
const server = (name: string, id: number, change: Partial<LiveServer> = {}): LiveServer => ({
  name,
  id,
  ip: `10.1.1.${id}`,
  port: 80,
  weight: 1,
  maintenance: false,
  ...change,
});
const live = (change: Partial<LiveProxy> = {}, servers = [server('vm1', 1), server('vm2', 2)]): LiveProxy => ({
  mark: 'm',
  servers: new Map([['10_0_53_2-8080', new Map(servers.map((each) => [each.name, each]))]]),
  stick: new Map([['10_0_53_2-8080', 'none']]),
  ...change,
});
const plan = (...args: Parameters<typeof planSteps>): string => describePlan(planSteps(...args));

describe('planSteps', () => {
  it('has nothing to do when all is as wanted', () => {
    expect(plan(layout(), 'm', live())).toBe('');
  });

  it.each<[string, string, string]>([
    ['starts what is not running', plan(layout(), 'm', undefined), 'start HAProxy\n'],
    [
      'reloads once for everything that is in the skeleton',
      plan(layout({ stickiness: sourceBased }), 'n', live()),
      'reload HAProxy: what changed is fixed when it reads its configuration\n',
    ],
    [
      'switches stickiness at runtime',
      plan(layout({ stickiness: sourceBased }), 'm', live()),
      '10.0.53.2:8080: stickiness source\n',
    ],
    [
      'adds a member',
      plan(layout({ members: [member('vm1'), member('vm2'), member('vm3')] }), 'm', live()),
      '10.0.53.2:8080: add server vm3 10.1.1.3:80 id 3 weight 1\n',
    ],
    [
      'takes a member away',
      plan(layout({ members: [member('vm1')] }), 'm', live()),
      '10.0.53.2:8080: server vm2 takes no more connections\n',
    ],
    [
      'leaves alone a member that is on its way out',
      plan(
        layout({ members: [member('vm1')] }),
        'm',
        live({}, [server('vm1', 1), server('vm2', 2, { maintenance: true })]),
      ),
      '',
    ],
    [
      'takes a member back that was on its way out',
      plan(layout(), 'm', live({}, [server('vm1', 1), server('vm2', 2, { maintenance: true })])),
      '10.0.53.2:8080: server vm2 leaves maintenance\n',
    ],
    [
      'drains a member',
      plan(layout({ members: [member('vm1', { state: 'draining' }), member('vm2')] }), 'm', live()),
      '10.0.53.2:8080: server vm1 drains\n',
    ],
    [
      'follows a member to a new address',
      plan(layout({ members: [member('vm1', { ip: '10.1.1.77' }), member('vm2')] }), 'm', live()),
      '10.0.53.2:8080: server vm1 moves to 10.1.1.77:80\n',
    ],
  ])('%s', (_, planned, expected) => {
    expect(planned).toBe(expected);
  });
});

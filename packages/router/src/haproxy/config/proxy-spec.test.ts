import { describe, expect, it } from 'vitest';
import { member, rule, sourceBased } from '../../../testing/rules.ts';
import { type DesiredRule, defaultTable } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import { takesClients, toProxySpecs, toSharedSpecs } from './proxy-spec.ts';
import { assignServerIds, emptyServerIds } from './server-ids.ts';

const specs = (...rules: ReturnType<typeof rule>[]) => {
  const ids = assignServerIds(
    emptyServerIds(),
    rules.map((each) => ({ rule: ruleId(each), vms: each.members.map(({ vm }) => vm) })),
  );
  return toProxySpecs(
    rules.map((each): DesiredRule => ({ rule: each, generation: 1, table: defaultTable })),
    ids,
  );
};

describe('toProxySpecs', () => {
  it('binds a rule to its names and ids', () => {
    const one = rule({
      stickiness: sourceBased,
      members: [
        member('vm1', { weight: 7 }),
        member('vm2', { state: 'draining', weight: 7 }),
        member('vm3', { state: 'maintenance' }),
      ],
    });
    expect(specs(one)).toEqual([
      {
        rule: one,
        generation: 1,
        table: defaultTable,
        id: '10.0.53.2:8080',
        proxy: '10_0_53_2-8080',
        stick: 'source',
        servers: [
          { name: 'vm1', id: 1, ip: '10.1.1.1', port: 80, weight: 7, maintenance: false },
          { name: 'vm2', id: 2, ip: '10.1.1.2', port: 80, weight: 0, maintenance: false },
          { name: 'vm3', id: 3, ip: '10.1.1.3', port: 80, weight: 1, maintenance: true },
        ],
      },
    ]);
  });

  it('orders rules by their ids, in whichever order they come', () => {
    const ports = [82, 80, 83, 81];
    expect(specs(...ports.map((port) => rule({ port }))).map(({ id }) => id)).toEqual(
      [80, 81, 82, 83].map((port) => `10.0.53.2:${port}`),
    );
  });
});

describe('takesClients', () => {
  const server = { name: 'vm1', id: 1, ip: '10.1.1.1', port: 80, weight: 1, maintenance: false };

  it.each([
    ['serves', {}, true],
    ['drains', { weight: 0 }, false],
    ['is in maintenance', { maintenance: true }, false],
  ])('of a server that %s', (_, change, takes) => {
    expect(takesClients({ ...server, ...change })).toBe(takes);
  });
});

it('a rule that is the same in two lists has one spec, and both lists are in order', () => {
  const desired = (port: number): DesiredRule => ({ rule: rule({ port }), generation: 1, table: defaultTable });
  const [one, two, three, more] = [80, 81, 82, 83].map(desired);
  const ids = assignServerIds(
    emptyServerIds(),
    [one!, two!, three!, more!].map((each) => ({
      rule: ruleId(each.rule),
      vms: each.rule.members.map(({ vm }) => vm),
    })),
  );
  const [before, after] = toSharedSpecs([two!, one!, three!], [more!, two!, desired(82)], ids);
  expect(before).toEqual(toProxySpecs([one!, two!, three!], ids));
  expect(after).toEqual(toProxySpecs([two!, three!, more!], ids));
  expect(after[0]).toBe(before[1]);
  expect(after[1]).not.toBe(before[2]);
});

import { expect, it } from 'vitest';
import { member, rule, sourceBased } from '../../../testing/rules.ts';
import { fieldChanges } from './field-changes.ts';

it('names each field that differs, and members by their VM', () => {
  const before = rule({ cidrs: ['10.0.0.0/8'], members: [member('vm1'), member('vm2')] });
  const after = rule({
    cidrs: ['10.0.0.0/8', '192.0.2.0/24'],
    algorithm: 'leastconn',
    stickiness: sourceBased,
    timeouts: { clientMs: 5 },
    members: [member('vm3', { weight: 2 }), member('vm1', { state: 'draining' })],
  });
  expect(fieldChanges(before, after)).toEqual([
    { field: 'algorithm', from: 'roundrobin', to: 'leastconn' },
    { field: 'cidrs', from: ['10.0.0.0/8'], to: ['10.0.0.0/8', '192.0.2.0/24'] },
    { field: 'stickiness.method', from: 'none', to: 'SourceBased' },
    { field: 'members.vm1.state', from: 'serving', to: 'draining' },
    { field: 'members.vm2', from: { ip: '10.1.1.2', port: 80, state: 'serving' }, to: null },
    { field: 'stickiness.tableSize', from: null, to: 204_800 },
    { field: 'stickiness.expireSeconds', from: null, to: 1800 },
    { field: 'timeouts.clientMs', from: null, to: 5 },
    { field: 'members.vm3', from: null, to: { ip: '10.1.1.3', port: 80, state: 'serving', weight: 2 } },
  ]);
});

it('finds nothing between equal rules, whatever the order of their members', () => {
  const one = rule();
  expect(fieldChanges(one, { ...one, members: [...one.members].reverse() })).toEqual([]);
});

it('takes a field that is undefined for one that is not there', () => {
  expect(fieldChanges(rule({ maxConnections: undefined }), rule())).toEqual([]);
});

it.each([
  ['comes', undefined, rule({ members: [member('vm1')] })],
  ['goes', rule({ members: [member('vm1')] }), undefined],
])('has every field of a rule that %s, but not its key', (_, before, after) => {
  const changes = fieldChanges(before, after);
  expect(changes.map(({ field }) => field)).toEqual([
    'protocol',
    'algorithm',
    'cidrs',
    'stickiness.method',
    'members.vm1',
  ]);
  expect(changes.every(({ from, to }) => (before ? to : from) === null)).toBe(true);
});

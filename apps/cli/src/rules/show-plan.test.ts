import { changesTo } from '@limpet/operations';
import { rule, snapshotOf, sourceOf } from '@limpet/operations/testing';
import { expect, it } from 'vitest';
import { showPlan } from './show-plan.ts';

const dir = '/var/lib/limpet';

it('shows what is done for which rule, and first what will be refused', () => {
  const snapshot = snapshotOf([rule(), rule({ port: 81 })]);
  const wanted = [rule({ algorithm: 'source' }), rule({ ip: '203.0.113.99' })];
  expect(showPlan(changesTo(sourceOf(wanted), snapshot, dir))).toMatchInlineSnapshot(`
    "! 203.0.113.99:80 will be refused, AddressNotLocal: ip: 203.0.113.99 is not an address of this router; associate it with the network first (its addresses: 203.0.113.10)

    ~ 203.0.113.10:80 will be changed
        algorithm: "roundrobin" -> "source"

    - 203.0.113.10:81 will be removed

    Plan: 0 to create, 1 to change, 1 to remove, 0 unchanged.
    Reload: HAProxy is not running; it is started.
    "
  `);
});

it('shows changes made by hand before what is done', () => {
  const live = {
    configHash: 'other',
    servers: new Map(),
    stick: new Map(),
    maxConnections: new Map(),
    full: new Set<string>(),
    frontends: new Map(),
    certificates: new Map(),
  };
  const observed = { ...snapshotOf([]).observed, processes: { master: 1, worker: 2 }, live };
  expect(showPlan(changesTo(sourceOf([rule()]), snapshotOf([rule()], { observed }), dir))).toMatchInlineSnapshot(`
    "! HAProxy runs another configuration
    ! stick.map is gone
    ! haproxy.d is gone
    ! INPUT does not jump to LIMPET-LB any more
    ! 203.0.113.10:80: its accept is not in LIMPET-LB any more

    Plan: 0 to create, 0 to change, 0 to remove, 1 unchanged.
    Reload: HAProxy runs another configuration than the one that was given to it.
    "
  `);
});

it('says that there is nothing to do', () => {
  expect(showPlan(changesTo(sourceOf([]), snapshotOf([]), dir))).toBe(
    'Nothing to do: the router has these rules. Whether they are in force is what limpet verify says.\n',
  );
});

import type { SimulationResult } from '@limpet/simulator';
import { expect, it } from 'vitest';
import { sentence } from './sentence.ts';

const quiet: SimulationResult = {
  scenario: 's',
  router: 'haproxy',
  dataPlane: 'memory',
  changes: 25,
  changesInForce: 25,
  changesNotInForce: 0,
  changesInForceAfterWorkaround: null,
  clients: 300,
  clientsMoved: 0,
  connections: 5000,
  connectionsFailed: 0,
  connectionsDrained: 0,
  reloads: 0,
  runtimeOps: 0,
  vmsRecreated: 0,
  inForceMs: { p50: 1, p99: 2 },
  seconds: 1,
  seed: 1,
  findings: [],
};
const lost = { ...quiet, changesInForce: 0, changesNotInForce: 25 };

it.each<[Partial<SimulationResult>, string]>([
  [quiet, '25 of 25 changes in force on fresh and held connections, 0 clients moved, 0 reloads'],
  [lost, '25 of 25 changes are not in force, 0 clients moved, 0 reloads'],
  [
    { ...lost, changesInForceAfterWorkaround: 25, vmsRecreated: 75, clientsMoved: 9, reloads: 1 },
    '25 of 25 changes are not in force (recreating 75 VMs mends it), 9 of 300 clients lost their VM for no reason of their own, 1 reload',
  ],
  [
    { ...lost, changesInForceAfterWorkaround: 20, vmsRecreated: 75 },
    '25 of 25 changes are not in force (recreating 75 VMs leaves 5 of them so), 0 clients moved, 0 reloads',
  ],
  [{ changes: 0, connectionsFailed: 3 }, '0 clients moved, 3 of 5000 connections failed, 0 reloads'],
])('%#', (result, expected) => {
  expect(sentence({ ...quiet, ...result })).toBe(expected);
});

import { describe, expect, it } from 'vitest';
import { groupsOfScenario } from '../cloud/group-plans.ts';
import { listScenarios } from '../scenario/catalogue.ts';
import { openMemoryTestBed } from '../test-bed/memory.ts';
import { openRealTestBed } from '../test-bed/real.ts';
import type { RouterKind } from '../test-bed/test-bed.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { SimulationResult } from './result.ts';
import { simulate } from './simulate.ts';

/** What a simulation is about; times and numbers of connections are not. */
const verdict = (result: SimulationResult) => ({
  changes: result.changes,
  changesInForce: result.changesInForce,
  changesInForceAfterWorkaround: result.changesInForceAfterWorkaround,
  movesClients: result.clientsMoved > 0,
  // CloudStack's router does not wait for the new worker: whether a connection falls into the gap is chance.
  failsConnections: result.router === 'cloudstack' ? undefined : result.connectionsFailed > 0,
  // Whether changes come together in one reload is chance; whether there is one is not.
  reloads: result.reloads > 0,
});

const play = async (scenario: string, router: RouterKind, openTestBed: typeof openRealTestBed) =>
  verdict(await simulate(sized(await prepare({ scenario })), { router, openTestBed }));

/** All in CI; on a person's machine the one of the report with fewer groups, since `npm start` plays all. */
const inCi = process.env.CI === 'true';
const scenarios = inCi ? await listScenarios() : ['cloudstack-9583'];

function sized(prepared: Prepared): Prepared {
  if (inCi) return prepared;
  const groups = prepared.scenario.groups.map((set) => ({ ...set, count: Math.min(set.count, 5) }));
  const scenario = { ...prepared.scenario, groups };
  return { ...prepared, scenario, groups: groupsOfScenario(scenario) };
}

describe.each(scenarios)('%s', (scenario) => {
  it('ends on the data plane in memory as on the real one, driven by CloudStack', async () => {
    const real = await play(scenario, 'cloudstack', openRealTestBed);
    expect(real.movesClients || real.changesInForce < real.changes).toBe(true);
    expect(await play(scenario, 'cloudstack', openMemoryTestBed)).toEqual(real);
  });

  it('ends in memory as on the real data plane, driven by Limpet', async () => {
    const real = await play(scenario, 'haproxy', openRealTestBed);
    expect(real).toMatchObject({ changesInForce: real.changes, movesClients: false, failsConnections: false });
    expect(await play(scenario, 'haproxy', openMemoryTestBed)).toEqual(real);
    // The embedded router has no HAProxy to reload.
    expect(await play(scenario, 'memory', openMemoryTestBed)).toEqual({ ...real, reloads: false });
  });
});

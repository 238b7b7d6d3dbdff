import { describe, expect, it } from 'vitest';
import { listScenarios } from '../scenario/catalogue.ts';
import { openMemoryTestBed } from '../test-bed/memory.ts';
import { prepare } from './prepare.ts';
import { simulate } from './simulate.ts';

/** Of CloudStack's system VMs, and newer ones. */
const versions = ['2.2.9', '2.4.24', '2.6.12', '2.8.5', '3.0.5', '3.2.0'];

describe.each(await listScenarios())('%s', (scenario) => {
  it.each(versions)('ends well with Limpet on HAProxy %s', async (haproxyVersion) => {
    const result = await simulate(await prepare({ scenario }), {
      router: 'haproxy',
      openTestBed: (options) => openMemoryTestBed(options, { haproxyVersion }),
    });
    expect(result).toMatchObject({
      changesNotInForce: 0,
      changesInForceAfterWorkaround: null,
      clientsMoved: 0,
      connectionsFailed: 0,
      vmsRecreated: 0,
    });
  });
});

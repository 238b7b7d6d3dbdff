import { MemoryPacketFilter } from '@limpet/data-plane/memory';
import { expect, it } from 'vitest';
import { chainDrift } from './chain-drift.ts';
import { ownListeners } from './own-listeners.ts';
import { readChain, syncChain } from './sync-chain.ts';

const page = { ip: '10.0.53.2', port: 8404, cidrs: [], uri: '/a', user: 'u', password: 'p' };
const peers = [
  { name: 'r-5-VM', ip: '10.1.1.2' },
  { name: 'r-6-VM', ip: '10.1.1.3' },
];
const settings = { statistics: [page], peersPort: 10_000, pair: { self: 'r-6-VM', peers } };

it('are the statistics pages, and nothing else on a router that stands alone', () => {
  const { pair: _, ...alone } = settings;
  expect(ownListeners(alone)).toEqual([{ ...page, what: 'the statistics page' }]);
});

it('are of a pair its peers, which only its routers reach', async () => {
  const filter = new MemoryPacketFilter();
  const own = ownListeners(settings);
  await syncChain(filter, own);
  const admits = (source: string, port = 10_000) =>
    filter.admits({ source, destination: '10.1.1.3', port, state: 'NEW' });
  expect(['10.1.1.2', '10.1.1.3', '10.1.1.4', '198.18.0.1'].map((source) => admits(source))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(admits('10.1.1.2', 10_001)).toBe(false);
  expect(chainDrift(await readChain(filter), { rules: [], own })).toEqual({ rules: [], all: [] });
  await filter.run(['-D', 'LIMPET-LB', '1']);
  expect(chainDrift(await readChain(filter), { rules: [], own }).all).toEqual([
    'the accept of the peers of the pair is not in LIMPET-LB any more',
  ]);
});

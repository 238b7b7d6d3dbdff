import { expect, it } from 'vitest';
import { sourceOf } from '../testing/router-snapshot.ts';
import { onThisRouter } from './on-this-router.ts';

const page = (ip: string) => ({ ip, port: 8081, cidrs: [], uri: '/a', user: 'u', password: 'p' });
const source = sourceOf([], { notCarriedOut: ['a line: why'] });
const settings = { ...source.settings, statistics: [page('203.0.113.10'), page('10.1.1.1')] };

const peers = [
  { name: 'r-5-VM', ip: '203.0.113.10' },
  { name: 'r-6-VM', ip: '203.0.113.11' },
];

function here(databag?: string, { bindsNonlocal = false, pair = false } = {}) {
  const all = { ...settings, ...(pair && { pair: { self: 'r-5-VM', peers } }) };
  const snapshot = { localAddresses: ['203.0.113.10'], bindsNonlocal };
  return onThisRouter({ ...source, settings: all, ...(databag && { databag }) }, snapshot);
}

const elsewhere =
  '10.1.1.1 is not an address of this router (its addresses: 203.0.113.10); nobody reaches the page until it is';

it.each([
  ['a rules file', undefined, 'settings.statistics[1].ip'],
  ['a databag', 'bag.json', 'bag.json: the statistics page on 10.1.1.1:8081'],
])('keeps a page of %s whose address is elsewhere, and says that it waits', (_, databag, name) => {
  const of = here(databag);
  expect(of.settings).toEqual(settings);
  expect(of.notCarriedOut).toEqual(['a line: why', `${name}: ${elsewhere}`]);
});

it('says so once of a saved plan', () => {
  const of = here();
  const snapshot = { localAddresses: ['203.0.113.10'], bindsNonlocal: false };
  expect(onThisRouter(of, snapshot).notCarriedOut).toEqual(of.notCarriedOut);
});

it('says nothing on a router of a pair, where to wait is as it should be, where the kernel lets it', () => {
  const waiting = (options: Parameters<typeof here>[1]) => here('bag.json', options).notCarriedOut.length - 1;
  expect(waiting({ pair: true, bindsNonlocal: true })).toBe(0);
  expect(waiting({ pair: true })).toBe(1);
  expect(waiting({ bindsNonlocal: true })).toBe(1);
});

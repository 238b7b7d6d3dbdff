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

it('leaves out a page of a databag on an address that is elsewhere, and says so', () => {
  const of = here('bag.json');
  expect(of.settings.statistics).toEqual([page('203.0.113.10')]);
  expect(of.notCarriedOut).toEqual([
    'a line: why',
    'bag.json: the statistics page on 10.1.1.1:8081: 10.1.1.1 is not an address of this router (its addresses: 203.0.113.10); apply again when it is',
  ]);
});

it('keeps the page on a router of a pair, which can wait for the address where the kernel lets it', () => {
  const pages = (options: Parameters<typeof here>[1]) => here('bag.json', options).settings.statistics;
  expect(pages({ pair: true, bindsNonlocal: true })).toEqual(settings.statistics);
  expect(pages({ pair: true })).toHaveLength(1);
  expect(pages({ bindsNonlocal: true })).toHaveLength(1);
});

it('leaves the settings of a rules file as the operator wrote them', () => {
  const of = here();
  expect(of.settings).toEqual(settings);
  expect(of.notCarriedOut).toEqual([
    'a line: why',
    'settings.statistics[1].ip: 10.1.1.1 is not an address of this router (its addresses: 203.0.113.10); nobody reaches the page until it is',
  ]);
});

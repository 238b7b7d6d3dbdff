import { expect, it } from 'vitest';
import { sourceOf } from '../../testing/router-snapshot.ts';
import { onThisRouter } from './on-this-router.ts';

const page = (ip: string) => ({ ip, port: 8081, cidrs: [], uri: '/a', user: 'u', password: 'p' });
const source = sourceOf([], { notCarriedOut: ['a line: why'] });
const settings = { ...source.settings, statistics: [page('203.0.113.10'), page('10.1.1.1')] };

function here(databag?: string) {
  const told: string[] = [];
  const stderr = { write: (text: string) => told.push(text) } as never;
  const snapshot = { localAddresses: ['203.0.113.10'] };
  return { told, of: onThisRouter({ ...source, settings, ...(databag && { databag }) }, snapshot, { stderr }) };
}

it('leaves out a page of a databag on an address that is elsewhere, and says so', () => {
  const { told, of } = here('bag.json');
  expect(of.settings.statistics).toEqual([page('203.0.113.10')]);
  expect(told).toEqual([
    'not carried out: a line: why\n',
    'not carried out: bag.json: the statistics page on 10.1.1.1:8081: 10.1.1.1 is not an address of this router (its addresses: 203.0.113.10); apply again when it is\n',
  ]);
  expect(of.notCarriedOut).toHaveLength(2);
});

it('leaves the settings of a rules file as the operator wrote them', () => {
  const { told, of } = here();
  expect(of.settings).toEqual(settings);
  expect(told).toHaveLength(1);
});

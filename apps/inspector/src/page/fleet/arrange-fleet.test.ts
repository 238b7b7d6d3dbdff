import { expect, it } from 'vitest';
import { arrangeFleet, type FleetQuery } from './arrange-fleet.ts';
import type { Summary } from './summary.ts';

const group = (name: string, more: Partial<Summary> = {}): Summary => ({
  group: name,
  condition: 'well',
  actor: name,
  parts: ['group enabled'],
  stickiness: 'none',
  desired: 1,
  observed: 1,
  lagMs: 10,
  saw: undefined,
  ...more,
});
const fleet = [
  group('web-10', { lagMs: 90 }),
  group('web-9', { condition: 'violated' }),
  group('api-1', { condition: 'waiting', stickiness: 'source', lagMs: undefined }),
];
const names = (query: Partial<FleetQuery>) =>
  arrangeFleet(fleet, { text: '', condition: '', order: 'name', ...query }).map((each) => each.group);

it.each<[Partial<FleetQuery>, string[]]>([
  [{}, ['api-1', 'web-9', 'web-10']],
  [{ order: 'worst' }, ['web-9', 'api-1', 'web-10']],
  [{ order: 'slowest' }, ['web-10', 'web-9', 'api-1']],
  [{ condition: 'violated' }, ['web-9']],
  [{ text: 'WEB in force' }, ['web-9', 'web-10']],
  [{ text: 'not in force' }, ['web-9']],
  [{ text: 'source' }, ['api-1']],
])('%j', (query, expected) => expect(names(query)).toEqual(expected));

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { prepare } from './prepare.ts';

const field = (name: string): string => fileURLToPath(new URL(`../../testdata/field/${name}.json`, import.meta.url));

it.each([
  ['c28-simulate-rule-without-vm', 'it has no VM that serves'],
  ['c28-simulate-cidr', 'its networks hold none of the clients, or not all'],
])('leaves out a rule that no client could be served by, and says so: %s', async (name, why) => {
  const { groups, leftOut } = await prepare({
    scenario: 'cloudstack-9583',
    from: field(name),
    publicIps: ['203.0.113.10'],
  });
  expect(groups.map(({ name: group }) => group)).toEqual(['203.0.113.10:80', '203.0.113.10:8080']);
  expect(leftOut).toEqual([{ rule: '203.0.113.10:8090', why }]);
});

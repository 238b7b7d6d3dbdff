import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { capabilityFacts, knownBranches } from './capabilities.ts';

const page = readFileSync(new URL('../../../../docs/haproxy-versions.md', import.meta.url), 'utf8');

test('docs/haproxy-versions.md has each capability, since when there is one, and what is done without it', () => {
  const told = [...page.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map((row) => row.slice(1, 4));
  const known = Object.entries(capabilityFacts).map(([name, facts]) => [
    name,
    'needs' in facts ? `${facts.since}, with ${facts.needs}` : facts.since,
    facts.means,
  ]);
  expect(told).toEqual(known);
});

test('docs/haproxy-versions.md names the known branches', () => {
  expect(page).toContain(`(${knownBranches.join(', ')})`);
});

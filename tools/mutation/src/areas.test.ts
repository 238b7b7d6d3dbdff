import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { areas, conformArea } from './areas.ts';
import { explanations } from './explained.ts';

const root = join(import.meta.dirname, '../../..');

it('names files that are there', () => {
  const patterns = [...conformArea.mutate, ...areas.flatMap(({ mutate, tests }) => [...mutate, ...tests])].map((each) =>
    each.replace(/^!/, ''),
  );
  const named = [...patterns, ...explanations.map(({ file }) => file)];
  expect(named.filter((pattern) => globSync(pattern, { cwd: root }).length === 0)).toEqual([]);
});

import { expect, it } from 'vitest';
import { listed } from './listed.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `vm-${at}`);

it.each([
  [0, ''],
  [2, 'vm-0, vm-1'],
  [10, names(10).join(', ')],
  [11, `${names(10).join(', ')} and 1 more`],
  [2_000, `${names(10).join(', ')} and 1990 more`],
])('names ten of %i at most', (count, told) => {
  expect(listed(names(count))).toBe(told);
});

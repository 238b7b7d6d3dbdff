import { createRandom } from '@limpet/data-plane';
import { expect, it } from 'vitest';
import { shuffled } from './shuffled.ts';

it('shuffles a copy, the same for the same seed', () => {
  const items = Array.from({ length: 30 }, (_, index) => index);
  const once = shuffled(items, createRandom(7));
  expect(once).toEqual(shuffled(items, createRandom(7)));
  expect(once).not.toEqual(items);
  expect(once.toSorted((a, b) => a - b)).toEqual(items);
});

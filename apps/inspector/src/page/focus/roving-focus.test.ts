import { expect, it } from 'vitest';
import { nearest } from './roving-focus.ts';

const places = [
  { name: 'right', x: 100, y: 10 },
  { name: 'far right', x: 300, y: 0 },
  { name: 'beside', x: 20, y: 90 },
  { name: 'left', x: -50, y: 0 },
];

it.each([
  ['right', [1, 0], 'right'],
  ['left', [-1, 0], 'left'],
  ['down, straight ahead before near', [0, 1], 'beside'],
  ['up, where nothing is', [0, -1], undefined],
] as const)('an arrow key leads %s', (_, way, name) => {
  expect(nearest({ x: 0, y: 0 }, way, places)?.name).toBe(name);
});

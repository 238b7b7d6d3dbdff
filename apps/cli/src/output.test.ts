import { expect, it } from 'vitest';
import { table } from './output.ts';

it('aligns text to the left and numbers to the right', () => {
  expect(
    table(
      ['name', 'count'],
      [
        ['a', 5],
        ['long name', 12],
      ],
    ),
  ).toBe(['name       count', '---------  -----', 'a              5', 'long name     12', ''].join('\n'));
});

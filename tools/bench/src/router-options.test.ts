import { expect, it } from 'vitest';
import { parseRouterOptions } from './router-options.ts';

it('measures three sizes by default', () => {
  expect(parseRouterOptions([])).toMatchObject({
    sizes: [
      { rules: 50, members: 10 },
      { rules: 500, members: 10 },
      { rules: 2000, members: 10 },
    ],
    output: 'table',
  });
});

it('takes other sizes and times', () => {
  expect(parseRouterOptions(['--sizes', '5x2', '--seconds', '0.5', '-o', 'json'])).toEqual({
    sizes: [{ rules: 5, members: 2 }],
    budgetMs: 500,
    output: 'json',
  });
});

it.each([
  [['--sizes', '5x'], '--sizes'],
  [['--sizes', '0x1'], '--sizes'],
  [['--seconds', 'long'], '--seconds'],
  [['-o', 'xml'], '--output'],
  [['--nothing'], '--nothing'],
])('names what is wrong with %s', (args, name) => {
  expect(() => parseRouterOptions(args)).toThrow(name);
});

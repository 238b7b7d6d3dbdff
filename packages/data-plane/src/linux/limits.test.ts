import { expect, it } from 'vitest';
import { hardLimitOf } from './limits.ts';

it('reads the limit as Linux prints it', () => {
  expect(
    hardLimitOf(
      'Max processes 1 2 processes\nMax open files            1024                 20000                files\n',
    ),
  ).toBe(20_000);
  expect(hardLimitOf('Max open files            1024                 unlimited            files\n')).toBe(
    Number.POSITIVE_INFINITY,
  );
});

import { expect, it } from 'vitest';
import { fitted, hardLimitOf } from './router-room.ts';

it('leaves out members that HAProxy could not check', () => {
  expect(fitted({ rules: 2000, members: 10 }, 20_000)).toEqual({ rules: 2000, members: 7 });
  expect(fitted({ rules: 50, members: 10 }, 20_000)).toEqual({ rules: 50, members: 10 });
  expect(fitted({ rules: 2000, members: 10 }, Number.POSITIVE_INFINITY)).toEqual({ rules: 2000, members: 10 });
});

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

import { expect, it } from 'vitest';
import { fitted } from './router-room.ts';

it('leaves out members that HAProxy could not check', () => {
  expect(fitted({ rules: 2000, members: 10 }, 20_000)).toEqual({ rules: 2000, members: 7 });
  expect(fitted({ rules: 50, members: 10 }, 20_000)).toEqual({ rules: 50, members: 10 });
  expect(fitted({ rules: 2000, members: 10 }, Number.POSITIVE_INFINITY)).toEqual({ rules: 2000, members: 10 });
});

import { expect, it } from 'vitest';
import { describeError } from './describe-error.ts';

it('says the code once', () => {
  const error = Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' });
  expect(describeError(error, false)).toBe('limpet: ENOENT: no such file or directory\n');
});

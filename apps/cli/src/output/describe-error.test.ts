import { expect, it } from 'vitest';
import { describeError } from './describe-error.ts';

it('says the code once', () => {
  const error = Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' });
  expect(describeError(error, false)).toBe('limpet: ENOENT: no such file or directory\n');
});

it('tells the first of thousands of problems, and how many there are', () => {
  const lines = Array.from({ length: 2_000 }, (_, at) => `rules.yaml:${at}:1: ip: expected an address`);
  const told = describeError(Object.assign(new Error(lines.join('\n')), { code: 'RULES_INVALID', lines }), false);
  expect(told.split('\n')).toHaveLength(20 + 1 + 1);
  expect(told).toContain('limpet: RULES_INVALID: rules.yaml:0:1: ip: expected an address\n');
  expect(told).toContain('limpet: RULES_INVALID: 1980 more problems are not shown\n');
});

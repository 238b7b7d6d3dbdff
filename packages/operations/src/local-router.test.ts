import { expect, it } from 'vitest';
import { localRouter } from './local-router.ts';

it('refuses a folder in which no socket of HAProxy has room, before anything is done', () => {
  expect(() => localRouter(`/run/${'x'.repeat(100)}`)).toThrow(
    expect.objectContaining({
      code: 'DIR_TOO_LONG',
      message: expect.stringMatching(/^--dir: \/run\/x+ has 105 bytes, .* room for \d+ before .*; give a shorter one$/),
    }),
  );
});

it.each(['lim pet', 'a,b', 'a"b'])('refuses a folder that cannot stand in the configuration of HAProxy: %s', (name) => {
  expect(() => localRouter(`/tmp/${name}`)).toThrow(
    expect.objectContaining({ code: 'DIR_UNUSABLE', message: expect.stringContaining('give another one') }),
  );
});

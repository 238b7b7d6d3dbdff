import { expect, test } from 'vitest';
import { cleanMessages } from './messages.ts';

test('only the complaint is left', () => {
  const output = `[NOTICE]   (6127) : haproxy version is 2.6.12-1+deb12u4
[NOTICE]   (6127) : path to executable is /usr/sbin/haproxy
[WARNING]  (6127) : config : missing timeouts for proxy 'x'.
[ALERT]    (6127) : config : parsing [q.cfg:11]: 'setenv' expects a name and a value.
[ALERT]    (6127) : config : Error(s) found in configuration file : q.cfg
[ALERT]    (6127) : config : Fatal errors found in configuration.
`;
  expect(cleanMessages(output)).toBe("parsing [q.cfg:11]: 'setenv' expects a name and a value.");
});

test('a complaint of another shape is kept', () => {
  expect(cleanMessages('Segmentation fault\n')).toBe('Segmentation fault');
});

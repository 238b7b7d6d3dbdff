import { expect, test } from 'vitest';
import { checkCommand, cliArgument, cliCommand } from './argument.ts';

test('a command is built of safe words', () => {
  expect(cliCommand('set', 'map', '/run/stick.map', '10_0_53_2-8080', 'source')).toBe(
    'set map /run/stick.map 10_0_53_2-8080 source',
  );
});

test.each(['', 'a b', 'a;b', 'a\nb', 'a\\', '<<', 'a\t', 'é'])('argument %j is refused', (value) => {
  expect(() => cliArgument(value)).toThrowError(expect.objectContaining({ code: 'HAPROXY_CLI_ARGUMENT' }));
});

test.each([
  ['', /it is empty/],
  ['show info;show stat', /";"/],
  ['show info\nquit', /line break/],
  ['add map x <<', /"<<"/],
  ['x'.repeat(16_001), /longer than 16000 bytes/],
])('command %j is refused', (command, why) => {
  expect(() => checkCommand(command)).toThrowError(why);
});

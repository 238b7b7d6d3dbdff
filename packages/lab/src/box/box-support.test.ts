import { expect, test } from 'vitest';
import { BOX_VARIABLE, boxIdentity, inBox, unshareFlags } from './box-support.ts';

const status = (capabilities: string): string => `Name:\tnode\nCapEff:\t${capabilities}\nCapBnd:\t000001ffffffffff\n`;

test('root opens a box directly', () => {
  expect(unshareFlags(status('000001ffffffffff'))).not.toContain('--user');
});

test.each([
  ['an ordinary user', '0000000000000000'],
  ['root in a container without CAP_SYS_ADMIN', '00000000a80435fb'],
  ['a process with CAP_SYS_ADMIN only', '0000000000200000'],
])('%s opens a box through a user namespace', (_, capabilities) => {
  expect(unshareFlags(status(capabilities)).slice(0, 2)).toEqual(['--user', '--map-root-user']);
});

test('the variable of another box does not make this one a box', () => {
  const before = process.env[BOX_VARIABLE];
  try {
    process.env[BOX_VARIABLE] = 'pid:[1]';
    expect(inBox()).toBe(false);
    process.env[BOX_VARIABLE] = boxIdentity();
    expect(inBox()).toBe(true);
  } finally {
    if (before === undefined) delete process.env[BOX_VARIABLE];
    else process.env[BOX_VARIABLE] = before;
  }
});

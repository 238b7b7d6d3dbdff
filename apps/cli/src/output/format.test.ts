import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { table } from './format.ts';

it('aligns text to the left and numbers to the right', () => {
  expect(
    table(
      ['name', 'count'],
      [
        ['a', 5],
        ['long name', 12],
      ],
    ),
  ).toBe(['name       count', '---------  -----', 'a              5', 'long name     12', ''].join('\n'));
});

it('says in one line that the result cannot be written', async () => {
  const bin = fileURLToPath(new URL('../../bin/limpet.js', import.meta.url));
  const full = await open('/dev/full', 'w');
  const child = spawn(process.execPath, [bin, 'bugs'], { stdio: ['ignore', full.fd, 'pipe'] });
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  await full.close();
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^limpet: OUTPUT: .*ENOSPC.*\n$/) });
});

it('ends without a word when the reader closes the pipe', async () => {
  const bin = fileURLToPath(new URL('../../bin/limpet.js', import.meta.url));
  const child = spawn(process.execPath, [bin, 'check', '--export', 'promela', '--groups', '2', '--members', '2']);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  expect(await closed).toEqual([0, null]);
  expect(stderr).toBe('');
});

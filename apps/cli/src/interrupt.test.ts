import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const program = `
import { exitOnInterrupt } from ${JSON.stringify(new URL('./interrupt.ts', import.meta.url).href)};
exitOnInterrupt({ show() {}, clear() { process.stdout.write('cleared'); } });
setInterval(() => {}, 1000);
process.stdout.write('ready ');
`;

it('ends the process with 130, and the progress line is gone', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect({ code, output }).toEqual({ code: 130, output: 'ready cleared' });
});

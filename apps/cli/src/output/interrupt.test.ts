import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { endOnInterrupt, exitOnInterrupt } from './interrupt.ts';

const program = `
import { exitOnInterrupt } from ${JSON.stringify(new URL('./interrupt.ts', import.meta.url).href)};
exitOnInterrupt({ show() {}, announce() {}, clear() { process.stdout.write('cleared'); } });
setInterval(() => {}, 1000);
process.stdout.write('ready ');
`;

it('listens once, however many commands a process runs', () => {
  const before = process.listenerCount('SIGINT');
  const progress = { show() {}, announce() {}, clear() {} };
  for (let command = 0; command < 20; command++) exitOnInterrupt(progress);
  expect(process.listenerCount('SIGINT') - before).toBeLessThanOrEqual(1);
});

it('leaves Ctrl-C to a command that ends by it', () => {
  const before = process.listenerCount('SIGINT');
  exitOnInterrupt({ show() {}, announce() {}, clear() {} });
  endOnInterrupt();
  endOnInterrupt();
  expect(process.listenerCount('SIGINT')).toBeLessThanOrEqual(before);
});

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

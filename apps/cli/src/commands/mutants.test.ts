import { expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command.ts';
import { mutants } from './mutants.ts';

it('lets the event loop turn between suites, also where nothing waits: Ctrl-C is heard there', async () => {
  let turns = 0;
  let next = setImmediate(function turn() {
    turns++;
    next = setImmediate(turn);
  });
  const { stdout } = await runCommand((context) => mutants({ bug: ['poisoned-config'], output: 'table' }, context));
  clearImmediate(next);
  expect(stdout).toContain('1 of 1 are caught.');
  expect(turns).toBeGreaterThan(4);
});

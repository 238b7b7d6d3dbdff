import { expect, it } from 'vitest';
import { condition, openBench } from '../../../testing/test-session.ts';

/** For 4096 connections, HAProxy itself, and one rule of three members. */
const forOneRule = 2 * 4096 + 128 + 5;

it('refuses at once a rule for which the machine has no file descriptors, and says what to do', async () => {
  const bench = await openBench([{}], { change: () => ({ descriptorLimit: async () => forOneRule }) });
  const refused = await bench.put({ port: 81 });
  expect(refused.outcome).toBe('refused');
  expect(condition(refused, 'Accepted')).toBe('False DescriptorBudgetExceeded');
  expect(refused.rules[0]?.conditions[0]?.message).toContain(`and has ${forOneRule}; have fewer members`);
  expect(bench.router.stats().reloads).toBe(0);
});

it('believes the operator who says how many there are', async () => {
  const bench = await openBench([{}], {
    change: () => ({ descriptorLimit: async () => forOneRule }),
    settings: { budget: { tableBytes: 1024 ** 3, fileDescriptors: 2 * forOneRule } },
  });
  expect((await bench.put({ port: 81 })).outcome).toBe('applied');
});

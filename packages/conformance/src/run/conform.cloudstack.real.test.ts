import { expect, it } from 'vitest';
import { conform } from './conform.ts';

it("CloudStack's router on a real HAProxy and iptables is not as the model says, where the issue says that it is not", async () => {
  const { suites } = await conform({
    router: 'cloudstack',
    dataPlane: 'real',
    suites: ['stories'],
    goals: 'router',
    workers: 1,
  });
  expect(suites[0]!.failures[0]?.sentences).toContain(
    '203.0.113.11:8083: sticky: expected the client has an entry, observed the client has none',
  );
});

import { describe, expect, it } from 'vitest';
import { acceptScenarios } from '../../testing/accept-scenarios.ts';
import { openTestSession } from '../../testing/fault-session.ts';
import { acceptFaults } from './accept-faults.ts';

describe('a fault of the packet filter', () => {
  it.each(acceptFaults.map((fault) => [fault.name, fault.sentence, fault] as const))(
    '%s: %s',
    async (name, _, fault) => {
      const { play, good, bad } = acceptScenarios[name]!;
      expect(await play(await openTestSession(undefined))).toEqual(good);
      expect(await play(await openTestSession(fault))).toEqual(bad);
    },
  );

  it('is not seen by the router, which says that the rule is in force', async () => {
    for (const fault of acceptFaults) {
      const session = await openTestSession(fault);
      expect((await session.put({ cidrs: ['198.18.0.0/24'] })).outcome).toBe('applied');
      expect((await session.put({ port: 81 })).outcome).toBe('applied');
    }
  });
});

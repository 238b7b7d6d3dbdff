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

  it.each(acceptFaults.map((fault) => [fault.name, fault] as const))(
    '%s is seen by the router only where it keeps admitted clients out',
    async (name, fault) => {
      const outcome = name === 'listener-without-accept' ? 'refused' : 'applied';
      const session = await openTestSession(fault);
      expect((await session.put({ cidrs: ['198.18.0.0/24'] })).outcome).toBe(outcome);
      expect((await session.put({ port: 81 })).outcome).toBe(outcome);
    },
  );
});

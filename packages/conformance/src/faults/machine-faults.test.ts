import { describe, expect, it } from 'vitest';
import { openTestSession } from '../../testing/fault-session.ts';
import { machineScenarios } from '../../testing/machine-scenarios.ts';
import { machineFaults } from './machine-faults.ts';

describe('a fault at HAProxy or in the files', () => {
  it.each(machineFaults.map((fault) => [fault.name, fault.sentence, fault] as const))(
    '%s: %s',
    async (name, _, fault) => {
      const { play, good, bad } = machineScenarios[name]!;
      expect(await play(await openTestSession(undefined))).toEqual(good);
      expect(await play(await openTestSession(fault))).toEqual(bad);
    },
  );
});

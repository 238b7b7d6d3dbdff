import { conform, type SuiteName } from '@limpet/conformance';
import { expect, it } from 'vitest';
import { agentRouter } from '../src/conformance/agent-router.ts';

/** Defines the tests of suites on a running agent process. */
export function playOnAgent(dataPlane: 'real' | 'memory', suites: readonly SuiteName[]): void {
  it(`is after every step as the model says, on a ${dataPlane} data plane: ${suites.join(', ')}`, async () => {
    const { suites: played } = await conform({
      router: agentRouter(),
      dataPlane,
      suites,
      goals: 'router',
      workers: 2,
    });
    expect(played.flatMap(({ failures }) => failures)).toEqual([]);
    for (const { covered, goals, traceAccepted, alarm } of played) {
      expect({ covered, traceAccepted, alarm }).toEqual({ covered: goals, traceAccepted: true, alarm: undefined });
    }
  });
}

import { describe, expect, it } from 'vitest';
import { randomTrace } from '../../testing/random-trace.ts';
import { openMemoryTestBed } from '../test-bed/memory.ts';
import type { RouterKind, TestBed, TestBedOptions } from '../test-bed/test-bed.ts';
import { parseTrace, type Trace } from './parse-trace.ts';
import { replay } from './replay.ts';

const traceOf = (...steps: (readonly [lane: string, text: string])[]): Trace =>
  parseTrace(JSON.stringify({ steps: steps.map(([lane, text]) => ({ lane, text })) }), 'here');

const play = (trace: Trace, router: RouterKind, openTestBed = openMemoryTestBed) =>
  replay(trace, { router, dataPlane: 'memory', openTestBed });

const served = [
  ['group 1', 'a user creates a rule and a group'],
  ['router', 'the router is deployed'],
  ['router', 'the router has started, and is sent all rules'],
  ['router', 'the router applies the command, of rule 1'],
  ['link 1', 'the answer "applied" arrives'],
] as const;

describe('replay', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'finds nothing wrong with our routers in run %i of the model without a bug',
    async (seed) => {
      const trace = randomTrace(seed, 30);
      for (const router of ['haproxy', 'memory'] as const)
        expect(await play(trace, router)).toMatchObject({ finding: null });
    },
  );

  it('finds a router that loses a rule and says that it has it', async () => {
    const lying = async (options: TestBedOptions): Promise<TestBed> => {
      const testBed = await openMemoryTestBed(options);
      const { router } = testBed;
      const putRule: typeof router.putRule = async (command) => {
        const result = await router.putRule(command);
        await router.removeRule({ type: 'removeRule', key: command.rule, generation: command.generation + 1 });
        return result;
      };
      return { ...testBed, router: { ...router, putRule, removeRule: router.removeRule, syncRules: router.syncRules } };
    };
    const result = await play(traceOf(...served), 'haproxy', lying);
    expect(result).toMatchObject({ reproduced: true, finding: { step: 4, expected: 'an answer on every connection' } });
    expect(result.steps).toHaveLength(served.length);
  });

  it('keeps what is in force over a crash of the agent and a reboot', async () => {
    const trace = traceOf(
      ...served,
      ['rule 1', 'a user changes the stickiness'],
      ['router', 'the router applies the command, of rule 1'],
      ['router', 'the agent crashes and restarts'],
      ['router', 'the router verifies the rule, of rule 1'],
      ['link 1', 'the answer "inForce" arrives'],
      ['router', 'a user reboots the router'],
      ['router', 'the router has started, and is sent all rules'],
      ['router', 'the router verifies the rule, of rule 1'],
    );
    expect(await play(trace, 'haproxy')).toMatchObject({ finding: null, obstacle: null });
  });

  it('ends at a step that cannot be done, and still looks at what is in force in the end', async () => {
    const { steps, obstacle, reproduced } = await play(
      traceOf(...served, ['link 1', 'the answer "applied" is lost'], ['group 1', 'the group is configured']),
      'memory',
    );
    expect(obstacle).toMatchObject({ step: 6, reason: expect.stringMatching(/^no answer/) });
    expect(steps.map(({ lane }) => lane)).toEqual([
      'group 1',
      'router',
      'router',
      'router',
      'link 1',
      'link 1',
      'rest',
    ]);
    expect(reproduced).toBe(false);
  });
});

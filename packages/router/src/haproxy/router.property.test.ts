import type { CommandResult, MemberRecord, RuleRecord, VersionedRule } from '@limpet/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyStickiness } from '../../testing/arbitrary-rules.ts';
import { member, noStickiness, rule, sourceBased } from '../../testing/rules.ts';
import { openBench, publicIp, turns } from '../../testing/test-session.ts';

const ports = fc.integer({ min: 80, max: 83 });
const vms = ['vm1', 'vm2', 'vm3', 'vm4'];
const anyMember = (vm: string): fc.Arbitrary<MemberRecord> =>
  fc
    .record({
      state: fc.constantFrom<MemberRecord['state']>('serving', 'serving', 'draining', 'maintenance'),
      weight: fc.constantFrom(1, 1, 3),
    })
    .map((values) => member(vm, values));
const changes: fc.Arbitrary<Partial<RuleRecord>> = fc.record(
  {
    port: ports,
    protocol: fc.constantFrom<RuleRecord['protocol']>('tcp', 'http', 'tcp-proxy'),
    algorithm: fc.constantFrom<RuleRecord['algorithm']>('roundrobin', 'leastconn', 'source'),
    stickiness: fc.oneof(fc.constantFrom(noStickiness, sourceBased), anyStickiness),
    cidrs: fc.constantFrom<string[]>([], ['198.18.0.0/16']),
    members: fc.subarray(vms).chain((names) => fc.tuple(...names.map(anyMember))),
    timeouts: fc.constantFrom({}, { clientMs: 1000 }),
    maxConnections: fc.constantFrom(10, 20),
    healthCheck: fc.constant({ intervalMs: 500, timeoutMs: 200, healthyThreshold: 1, unhealthyThreshold: 2 }),
  },
  { requiredKeys: ['port', 'algorithm', 'stickiness', 'cidrs', 'members'] },
);
type Move =
  | { do: 'put'; change: Partial<RuleRecord> }
  | { do: 'remove'; port: number }
  | { do: 'sync' }
  | { do: 'hold'; port: number }
  | { do: 'lose HAProxy' };
const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('put' as const), change: changes }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), port: ports }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hold' as const), port: ports }) },
  { weight: 1, arbitrary: fc.constant({ do: 'sync' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose HAProxy' as const }) },
);

it('answers every command, and ends up with what was last asked for, whatever comes in between', async () => {
  const story = fc.array(fc.tuple(moves, fc.integer({ min: 0, max: 150 })), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const { dataPlane, router, ask } = await openBench([], { settings: { drainDeadlineMs: 200 } });
      const wanted = new Map<number, VersionedRule>();
      const answers: Promise<CommandResult>[] = [];
      for (const [at, [move, pause]] of steps.entries()) {
        const generation = at + 1;
        if (move.do === 'put') {
          const record = rule(move.change);
          wanted.set(record.port, { rule: record, generation });
          answers.push(router.putRule({ type: 'putRule', rule: record, generation }));
        } else if (move.do === 'remove') {
          wanted.delete(move.port);
          const remove = { type: 'removeRule' as const, key: { ip: publicIp, port: move.port }, generation };
          answers.push(router.removeRule(remove), router.removeRule(remove));
        } else if (move.do === 'sync') {
          const snapshot = { rules: [...wanted.values()], revision: generation };
          answers.push(router.syncRules({ type: 'syncRules', snapshot }));
        } else if (move.do === 'hold') {
          await dataPlane.clients.hold([ask('198.18.0.1', move.port), ask('198.18.0.1', move.port)]);
        } else {
          await dataPlane.haproxy.stop();
        }
        await turns(pause);
      }
      const outcomes = await Promise.race([Promise.all(answers), turns(20_000).then(() => 'unanswered' as const)]);
      if (outcomes === 'unanswered') throw new Error('a command was never answered');
      expect(outcomes.filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
      const { rules } = await router.reportRules({ type: 'reportRules' });
      expect(new Map(rules.map(({ key, observedGeneration }) => [key.port, observedGeneration]))).toEqual(
        new Map([...wanted].map(([port, { generation }]) => [port, generation])),
      );
    }),
    { numRuns: 60 },
  );
});

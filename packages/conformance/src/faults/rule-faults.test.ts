import type { CommandResult, PutRule, RuleRecord, SyncRules } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { Router } from '@limpet/router';
import { describe, expect, it } from 'vitest';
import { member, rule, sourceBased } from '../../testing/rules.ts';
import { ruleFaults } from './rule-faults.ts';

const nothing: CommandResult = { outcome: 'applied', rules: [] };

/** What reaches a router that has the fault, of these versions of one rule. */
async function arrives(name: string, versions: readonly RuleRecord[], by: 'putRule' | 'syncRules') {
  const seen: RuleRecord[] = [];
  const recorder: Router = {
    putRule: async (command: PutRule) => {
      seen.push(command.rule);
      return nothing;
    },
    syncRules: async ({ snapshot }: SyncRules) => {
      seen.push(...snapshot.rules.map((each) => each.rule));
      return nothing;
    },
    removeRule: async () => nothing,
    reportRules: async () => nothing,
    stats: () => ({ reloads: 0, runtimeOps: 0 }),
    close: async () => undefined,
  };
  const fault = ruleFaults.find((each) => each.name === name)!;
  const router = await fault.inject(async () => recorder)({} as DataPlane);
  for (const [i, version] of versions.entries()) {
    const generation = i + 1;
    await (by === 'putRule'
      ? router.putRule({ type: 'putRule', rule: version, generation })
      : router.syncRules({
          type: 'syncRules',
          snapshot: { rules: [{ rule: version, generation }], revision: generation },
        }));
  }
  return seen.at(-1);
}

const [vm1, vm2, vm3] = [member('vm1'), member('vm2'), member('vm3')];
const healthCheck = { intervalMs: 500, timeoutMs: 500, healthyThreshold: 1, unhealthyThreshold: 1 };

/** The versions of a rule in turn, and what becomes of the last. */
const shows: Record<
  string,
  readonly [first: Partial<RuleRecord>, then: Partial<RuleRecord>, made: Partial<RuleRecord>]
> = {
  'stickiness-change-ignored': [{}, { stickiness: sourceBased }, {}],
  'policy-parameters-ignored': [
    { stickiness: sourceBased },
    { stickiness: { ...sourceBased, expireSeconds: 60 } as typeof sourceBased },
    { stickiness: sourceBased },
  ],
  'algorithm-change-ignored': [{}, { algorithm: 'source' }, {}],
  'protocol-change-ignored': [{}, { protocol: 'ssl', certificate: '/a.pem' }, { certificate: undefined }],
  'cidrs-change-ignored': [{}, { cidrs: ['10.0.0.0/8'] }, {}],
  'certificate-change-ignored': [
    { protocol: 'ssl', certificate: '/a.pem' },
    { protocol: 'ssl', certificate: '/b.pem' },
    { protocol: 'ssl', certificate: '/a.pem' },
  ],
  'limits-of-the-router': [{}, { timeouts: { clientMs: 1 }, maxConnections: 1, keepAlive: false }, {}],
  'health-check-ignored': [{}, { healthCheck }, {}],
  'weight-ignored': [{}, { members: [{ ...vm1, weight: 5 }] }, { members: [vm1] }],
  'drain-ignored': [{}, { members: [{ ...vm1, state: 'draining' }] }, { members: [vm1] }],
  'maintenance-ignored': [{}, { members: [{ ...vm1, state: 'maintenance' }] }, { members: [vm1] }],
  'public-port-at-member': [{}, { members: [vm1] }, { members: [{ ...vm1, port: 8080 }] }],
  'joined-member-lost': [{ members: [vm1, vm2] }, { members: [vm2, vm3] }, { members: [vm2] }],
  'left-member-kept': [{ members: [vm1, vm2] }, { members: [vm2, vm3] }, { members: [vm2, vm3, vm1] }],
  'member-of-another-rule': [{ port: 81, members: [vm3] }, { members: [vm1] }, { members: [vm1, vm3] }],
  'members-by-position': [{ members: [vm1, vm2] }, { members: [vm2] }, { members: [{ ...vm2, vm: 'member-0' }] }],
};

describe('a fault that brings about another rule', () => {
  it.each(ruleFaults.map((fault) => [fault.name, fault.sentence]))('%s: %s', async (name) => {
    const [first, then, made] = shows[name]!;
    const versions = [rule(first), rule(then)];
    for (const by of ['putRule', 'syncRules'] as const) {
      const seen = await arrives(name, versions, by);
      expect(seen).toEqual(rule(made));
      expect(seen).not.toEqual(versions[1]);
    }
  });

  it('leaves a rule alone that has nothing of it', async () => {
    const plain = rule({ members: [{ ...vm1, port: 8080, vm: 'member-0' }] });
    for (const { name } of ruleFaults) expect(await arrives(name, [plain], 'putRule')).toEqual(plain);
  });
});

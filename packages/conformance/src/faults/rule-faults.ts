import type { MemberRecord, RuleRecord } from '@limpet/contract';
import { ruleId } from '@limpet/router';
import { type Fault, onHandlers } from './fault.ts';

/**
 * Faults that bring about another rule than the one that was asked for, faithfully, and say that it is in force.
 *
 * @module
 */

/**
 * `before`: what the fault made of the rule's last version; undefined for a rule that is new. `others`: what it made of
 * other rules.
 */
type Distort = (rule: RuleRecord, before: RuleRecord | undefined, others: readonly RuleRecord[]) => RuleRecord;

/** Distorts each rule on its way in. */
const distorting = (distort: Distort): Fault['inject'] =>
  onHandlers(
    () => new Map<string, RuleRecord>(),
    (router, last) => {
      const distorted = (rule: RuleRecord): RuleRecord => {
        const id = ruleId(rule);
        const others = [...last].filter(([other]) => other !== id).map(([, each]) => each);
        const made = distort(rule, last.get(id), others);
        last.set(id, made);
        return made;
      };
      return {
        putRule: (command) => router.putRule({ ...command, rule: distorted(command.rule) }),
        removeRule: (command) => {
          last.delete(ruleId(command.key));
          return router.removeRule(command);
        },
        syncRules: (command) => {
          const rules = command.snapshot.rules.map((each) => ({ ...each, rule: distorted(each.rule) }));
          return router.syncRules({ ...command, snapshot: { ...command.snapshot, rules } });
        },
      };
    },
  );

/** Distorts each member on its way in. */
const distortingMembers = (
  distort: (member: MemberRecord, rule: RuleRecord, position: number) => MemberRecord,
): Fault['inject'] =>
  distorting((rule) => ({ ...rule, members: rule.members.map((member, i) => distort(member, rule, i)) }));

/** The field keeps the value that the rule was created with. */
const keeping = (...fields: readonly (keyof RuleRecord)[]): Fault['inject'] =>
  distorting((rule, before) => {
    if (!before) return rule;
    const kept = Object.fromEntries(Object.entries(rule).filter(([name]) => !fields.some((field) => field === name)));
    return { ...kept, ...Object.fromEntries(fields.map((field) => [field, before[field]])) } as RuleRecord;
  });

/** Faults of the rules as the router applies them. */
export const ruleFaults: readonly Fault[] = [
  {
    name: 'stickiness-change-ignored',
    upstream: ['apache/cloudstack#9583', 'apache/cloudstack#9587'],
    sentence: 'A rule keeps the stickiness policy with which it was created.',
    invariant: 'B1',
    inject: keeping('stickiness'),
  },
  {
    name: 'policy-parameters-ignored',
    upstream: ['apache/cloudstack#9583'],
    sentence: 'A change from one policy to another of the same method keeps the old parameters.',
    invariant: 'B1',
    field: 'stickiness',
    inject: distorting((rule, before) =>
      rule.stickiness.method === before?.stickiness.method ? { ...rule, stickiness: before.stickiness } : rule,
    ),
  },
  {
    name: 'algorithm-change-ignored',
    upstream: ['apache/cloudstack#9822'],
    sentence: 'A rule keeps the algorithm with which it was created.',
    invariant: 'B1',
    field: 'algorithm',
    inject: keeping('algorithm'),
  },
  {
    name: 'protocol-change-ignored',
    upstream: ['apache/cloudstack-kubernetes-provider#2'],
    sentence: 'A rule keeps the protocol with which it was created.',
    invariant: 'B16',
    field: 'protocol',
    inject: keeping('protocol', 'certificate'),
  },
  {
    name: 'cidrs-change-ignored',
    upstream: ['apache/cloudstack#9313'],
    sentence: 'A rule keeps the CIDR list with which it was created.',
    invariant: 'B15',
    field: 'cidrs',
    inject: keeping('cidrs'),
  },
  {
    name: 'certificate-change-ignored',
    upstream: ['mutation'],
    sentence: 'A rule keeps the certificate with which it was created.',
    invariant: 'B1',
    field: 'certificate',
    inject: distorting((rule, before) =>
      rule.certificate !== undefined && before?.certificate !== undefined
        ? { ...rule, certificate: before.certificate }
        : rule,
    ),
  },
  {
    name: 'limits-of-the-router',
    upstream: ['apache/cloudstack#12574', 'apache/cloudstack#14131'],
    sentence: 'Time-outs, connection limit and keep-alive of a rule are ignored: the router has one set for all.',
    invariant: 'B14',
    field: 'timeouts, maxConnections, keepAlive',
    inject: distorting(({ timeouts, maxConnections, keepAlive, ...rule }) => rule),
  },
  {
    name: 'health-check-ignored',
    upstream: ['mutation'],
    sentence: 'The health check of a rule is ignored.',
    invariant: 'B1',
    field: 'healthCheck',
    inject: distorting(({ healthCheck, ...rule }) => rule),
  },
  {
    name: 'weight-ignored',
    upstream: ['mutation'],
    sentence: 'All members get the same weight.',
    invariant: 'B1',
    field: 'weight',
    inject: distortingMembers(({ weight, ...member }) => member),
  },
  {
    name: 'drain-ignored',
    upstream: ['mutation'],
    sentence: 'A member that drains goes on to get new clients.',
    invariant: 'B1',
    inject: distortingMembers((member) => (member.state === 'draining' ? { ...member, state: 'serving' } : member)),
  },
  {
    name: 'maintenance-ignored',
    upstream: ['mutation'],
    sentence: 'A member in maintenance goes on to be used.',
    invariant: 'B1',
    field: 'state',
    inject: distortingMembers((member) => (member.state === 'maintenance' ? { ...member, state: 'serving' } : member)),
  },
  {
    name: 'public-port-at-member',
    upstream: ['mutation'],
    sentence: "Members are reached at the rule's public port instead of their own.",
    invariant: 'B4',
    inject: distortingMembers((member, { port }) => ({ ...member, port })),
  },
  {
    name: 'joined-member-lost',
    upstream: ['apache/cloudstack#9145'],
    sentence: 'A VM that joins a rule is not put behind it.',
    invariant: 'B4',
    inject: distorting((rule, before) =>
      before
        ? { ...rule, members: rule.members.filter(({ vm }) => before.members.some((member) => member.vm === vm)) }
        : rule,
    ),
  },
  {
    name: 'left-member-kept',
    upstream: ['mutation'],
    sentence: 'A VM that leaves a rule stays behind it.',
    invariant: 'B1',
    inject: distorting((rule, before) => {
      const gone = before?.members.filter(({ vm }) => !rule.members.some((member) => member.vm === vm)) ?? [];
      return { ...rule, members: [...rule.members, ...gone] };
    }),
  },
  {
    name: 'members-by-position',
    upstream: ['CloudStack 4.19.1 HAProxyConfigurator.getRulesForPool'],
    sentence: 'Servers are named by their position, so that the ones behind a removed VM get the names of others.',
    invariant: 'B11',
    inject: distortingMembers((member, _, position) => ({ ...member, vm: `member-${position}` })),
  },
  {
    name: 'member-of-another-rule',
    upstream: ['mutation'],
    sentence: 'A VM of another rule is put behind a rule as well.',
    invariant: 'B17',
    inject: distorting((rule, _, others) => {
      const foreign = others
        .flatMap(({ members }) => members)
        .find(({ vm }) => !rule.members.some((member) => member.vm === vm));
      return foreign ? { ...rule, members: [...rule.members, foreign] } : rule;
    }),
  },
];

import type { CommandResult, Condition, PutRule, RuleKey, RuleStatus } from '@limpet/contract';
import { ruleId } from '@limpet/router';
import { answersAgain } from './answers-again.ts';
import { type Fault, onHandlers } from './fault.ts';

/**
 * Faults of what a router says, and of what it takes a command for.
 *
 * @module
 */

const none = (): undefined => undefined;

/** What a router says of a rule that is in force. */
const believed = (key: RuleKey, generation: number): RuleStatus => ({
  key: { ip: key.ip, port: key.port },
  generation,
  observedGeneration: generation,
  conditions: (['Accepted', 'Programmed', 'InForce'] as const).map(
    (type): Condition => ({
      type,
      status: 'True',
      reason: 'Assumed',
      message: 'the command was sent',
      observedGeneration: generation,
      lastTransitionTime: new Date(0).toISOString(),
    }),
  ),
});

/** The refusal of one rule, said of another. */
const refusedLike = ({ rules }: CommandResult, { rule, generation }: PutRule): CommandResult => ({
  outcome: 'refused',
  rules: rules.map((status) => ({ ...status, key: { ip: rule.ip, port: rule.port }, generation })),
});

const applied = (...rules: RuleStatus[]): CommandResult => ({ outcome: 'applied', rules });
const lastly = (result: Promise<CommandResult>): void => void result.catch(() => undefined);

/**
 * Gives each command a generation of its own, in the order of arrival, so that the router sees nothing but news; what
 * it answers carries the senders' generations again.
 */
const renumbered = onHandlers(
  () => ({ last: 0, sent: new Map<number, number>([[0, 0]]) }),
  (router, memory) => {
    const next = (generation: number): number => {
      memory.last += 1;
      memory.sent.set(memory.last, generation);
      return memory.last;
    };
    const sent = (generation: number): number => memory.sent.get(generation) ?? generation;
    const told = async (result: Promise<CommandResult>): Promise<CommandResult> => {
      const { outcome, rules } = await result;
      return {
        outcome,
        rules: rules.map((status) => ({
          ...status,
          generation: sent(status.generation),
          observedGeneration: sent(status.observedGeneration),
          conditions: status.conditions.map((condition) => ({
            ...condition,
            observedGeneration: sent(condition.observedGeneration),
          })),
        })),
      };
    };
    return {
      putRule: (command) => told(router.putRule({ ...command, generation: next(command.generation) })),
      removeRule: (command) => told(router.removeRule({ ...command, generation: next(command.generation) })),
      syncRules: ({ type, snapshot }) => {
        const rules = snapshot.rules.map((each) => ({ ...each, generation: next(each.generation) }));
        return told(router.syncRules({ type, snapshot: { rules, revision: next(snapshot.revision) } }));
      },
      reportRules: (command) => told(router.reportRules(command)),
    };
  },
);

/** Faults of the answers, and of how commands are taken. */
export const answerFaults: readonly Fault[] = [
  {
    name: 'refusal-said-applied',
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl: a false answer of apply is ignored'],
    sentence: 'A command that the router refused is answered as applied and in force.',
    invariant: 'B26',
    inject: onHandlers(none, (router) => ({
      async putRule(command) {
        const result = await router.putRule(command);
        return result.outcome === 'refused' ? applied(believed(command.rule, command.generation)) : result;
      },
      async syncRules(command) {
        const result = await router.syncRules(command);
        return result.outcome === 'refused'
          ? applied(...command.snapshot.rules.map(({ rule, generation }) => believed(rule, generation)))
          : result;
      },
    })),
  },
  {
    name: 'answered-before-done',
    upstream: ['CloudStack 4.19.1 CsHelper.execute: nobody looks at what the reload did'],
    sentence: 'A command is answered as applied and in force at once, and carried out later.',
    invariant: 'B1',
    inject: onHandlers(none, (router) => ({
      async putRule(command) {
        lastly(router.putRule(command));
        return applied(believed(command.rule, command.generation));
      },
      async removeRule(command) {
        lastly(router.removeRule(command));
        return applied({ ...believed(command.key, command.generation), conditions: [] });
      },
    })),
  },
  {
    name: 'late-command-said-applied',
    upstream: ['mutation'],
    sentence: 'A command that came too late and changed nothing is answered as applied.',
    invariant: 'B26',
    inject: onHandlers(none, (router) => ({
      async putRule(command) {
        const result = await router.putRule(command);
        return result.outcome === 'superseded' ? applied(believed(command.rule, command.generation)) : result;
      },
    })),
  },
  {
    name: 'repeated-command-refused',
    upstream: ['mutation'],
    sentence: 'A command that arrives twice is refused the second time, although the rule is in force.',
    invariant: 'B20',
    inject: onHandlers(
      () => new Map<string, number>(),
      (router, done) => ({
        async putRule(command) {
          const result = await router.putRule(command);
          const again = done.get(ruleId(command.rule)) === command.generation;
          done.set(ruleId(command.rule), command.generation);
          return again ? { ...result, outcome: 'refused' } : result;
        },
      }),
    ),
  },
  {
    name: 'refusal-not-retried',
    upstream: ['apache/cloudstack#4285'],
    sentence: 'A command that was refused and is sent again is refused again without a try.',
    invariant: 'B12',
    inject: answersAgain('refused'),
  },
  {
    name: 'refusal-blocks-others',
    upstream: ['apache/cloudstack#4285', 'apache/cloudstack#3253', 'apache/cloudstack#9313'],
    sentence: 'As long as one rule is refused, every change of any other is refused with it.',
    invariant: 'B12',
    inject: onHandlers(
      () => new Map<string, CommandResult>(),
      (router, refused) => ({
        async putRule(command) {
          const id = ruleId(command.rule);
          const [blocking] = [...refused].filter(([other]) => other !== id);
          if (blocking) return refusedLike(blocking[1], command);
          const result = await router.putRule(command);
          refused.delete(id);
          if (result.outcome === 'refused') refused.set(id, result);
          return result;
        },
        removeRule(command) {
          refused.delete(ruleId(command.key));
          return router.removeRule(command);
        },
      }),
    ),
  },
  {
    name: 'report-hides-trouble',
    upstream: ['apache/cloudstack#9582', 'apache/cloudstack#9800'],
    sentence: 'A report leaves out the rules that are not in force.',
    invariant: 'B3',
    inject: onHandlers(none, (router) => ({
      async reportRules(command) {
        const { outcome, rules } = await router.reportRules(command);
        const inForce = ({ conditions }: RuleStatus): boolean =>
          conditions.some(({ type, status }) => type === 'InForce' && status === 'True');
        return { outcome, rules: rules.filter(inForce) };
      },
    })),
  },
  {
    name: 'report-believes',
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl: Active is what was sent'],
    sentence: 'A report says of every rule that it is in force, and nobody has looked.',
    invariant: 'B1',
    inject: onHandlers(none, (router) => ({
      async reportRules(command) {
        const { outcome, rules } = await router.reportRules(command);
        return { outcome, rules: rules.map(({ key, generation }) => believed(key, generation)) };
      },
    })),
  },
  {
    name: 'last-command-wins',
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl: scale operations outside of the job queue of the network'],
    sentence: 'Generations are not compared: the command that arrives last wins, although it was read first.',
    invariant: 'B9',
    inject: renumbered,
  },
  {
    name: 'one-rule-replaces-all',
    upstream: ['apache/cloudstack#5553', 'apache/cloudstack#1577', 'apache/cloudstack#8745'],
    sentence: 'A command about one rule is taken for the full set: all others go.',
    invariant: 'B9',
    inject: onHandlers(none, (router) => ({
      async putRule({ rule, generation }) {
        const others = (await router.reportRules({ type: 'reportRules' })).rules.filter(
          ({ key }) => ruleId(key) !== ruleId(rule),
        );
        for (const { key, generation: theirs } of others) {
          lastly(router.removeRule({ type: 'removeRule', key, generation: theirs }));
        }
        return router.putRule({ type: 'putRule', rule, generation });
      },
    })),
  },
  {
    name: 'full-set-removes-nothing',
    upstream: ['apache/cloudstack#5938'],
    sentence: 'A full set adds and changes rules, and leaves those that are not in it.',
    invariant: 'B2',
    inject: onHandlers(none, (router) => ({
      async syncRules({ snapshot }) {
        const results = await Promise.all(
          snapshot.rules.map(({ rule, generation }) => router.putRule({ type: 'putRule', rule, generation })),
        );
        const refused = results.some(({ outcome }) => outcome === 'refused');
        return { outcome: refused ? 'refused' : 'applied', rules: results.flatMap(({ rules }) => rules) };
      },
    })),
  },
  {
    name: 'full-set-removes-newer',
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl: scale operations outside of the job queue of the network'],
    sentence: 'A full set also removes the rules that are newer than it.',
    invariant: 'B9',
    inject: onHandlers(none, (router) => ({
      async syncRules(command) {
        const named = new Set(command.snapshot.rules.map(({ rule }) => ruleId(rule)));
        const { rules } = await router.reportRules({ type: 'reportRules' });
        for (const { key, generation } of rules.filter((status) => !named.has(ruleId(status.key)))) {
          lastly(router.removeRule({ type: 'removeRule', key, generation }));
        }
        return router.syncRules(command);
      },
    })),
  },
  {
    name: 'removal-not-done',
    upstream: ['apache/cloudstack#13742'],
    sentence: 'A removal is answered as applied, and the rule stays.',
    invariant: 'B21',
    inject: onHandlers(none, () => ({
      removeRule: async ({ key, generation }) => applied({ ...believed(key, generation), conditions: [] }),
    })),
  },
];

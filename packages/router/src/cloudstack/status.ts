import type { Condition, RuleKey, RuleStatus, VersionedRule } from '@limpet/contract';

/**
 * What CloudStack says of a rule: the command was answered, hence the rule is `Active`. Nobody looks at the data plane,
 * so `InForce` is never known, and `observedGeneration` is what CloudStack believes.
 *
 * @param since ISO 8601: when the rule was first answered.
 * @param seen whether somebody has looked, which is not CloudStack's way.
 */
export function believedStatus({ rule, generation }: VersionedRule, since: string, seen: boolean): RuleStatus {
  const condition = (
    type: Condition['type'],
    status: Condition['status'],
    reason: string,
    message: string,
  ): Condition => ({
    type,
    status,
    reason,
    message,
    observedGeneration: generation,
    lastTransitionTime: since,
  });
  return {
    key: { ip: rule.ip, port: rule.port },
    generation,
    observedGeneration: generation,
    conditions: [
      condition('Accepted', 'True', 'Stored', 'The rule is in the database.'),
      condition('Programmed', 'True', 'CommandAnswered', 'The router answered the command with success.'),
      seen
        ? condition('InForce', 'True', 'Verified', 'A worker has taken over that runs the configuration.')
        : condition('InForce', 'Unknown', 'NotVerified', 'CloudStack does not look at the data plane.'),
    ],
  };
}

/** A rule that a command removed. */
export function removedStatus(key: RuleKey, generation: number): RuleStatus {
  return { key: { ip: key.ip, port: key.port }, generation, observedGeneration: generation, conditions: [] };
}

/** A rule whose change HAProxy rejected; the change was taken back. `believed` is what stays, if there was something. */
export function refusedStatus(
  key: RuleKey,
  generation: number,
  problem: string,
  now: string,
  believed = 0,
): RuleStatus {
  const condition = (type: Condition['type'], message: string): Condition => ({
    type,
    status: 'False',
    reason: 'ConfigRejected',
    message,
    observedGeneration: generation,
    lastTransitionTime: now,
  });
  return {
    key: { ip: key.ip, port: key.port },
    generation,
    observedGeneration: believed,
    conditions: [
      condition('Accepted', `HAProxy rejected the configuration with this change, correct the rule: ${problem}`),
      condition('Programmed', 'The change was taken back; the router goes on with its last configuration.'),
    ],
  };
}

import type { Condition, RuleKey, RuleStatus, VersionedRule } from '@limpet/contract';

/**
 * The status of a rule by CloudStack's reasoning: the command was answered, hence the rule is `Active`. CloudStack does
 * not verify the data plane, so that `InForce` is unknown, and `observedGeneration` is an assumption.
 *
 * @param since when the rule was first answered; ISO 8601.
 * @param verified whether the data plane was verified, which CloudStack does not do.
 */
export function believedStatus({ rule, generation }: VersionedRule, since: string, verified: boolean): RuleStatus {
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
      verified
        ? condition('InForce', 'True', 'Verified', 'A worker has taken over that runs the configuration.')
        : condition('InForce', 'Unknown', 'NotVerified', 'CloudStack does not look at the data plane.'),
    ],
  };
}

/** The status of a removed rule. */
export function removedStatus(key: RuleKey, generation: number): RuleStatus {
  return { key: { ip: key.ip, port: key.port }, generation, observedGeneration: generation, conditions: [] };
}

/**
 * The status of a rule whose change HAProxy rejected, and which was rolled back.
 *
 * @param now ISO 8601.
 * @param believed the generation that stays; 0: the rule was new.
 */
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

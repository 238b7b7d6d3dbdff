import { type ConditionUpdate, conditionFalse, conditionTrue } from '../../conditions.ts';
import type { Refusal } from '../../refusal.ts';
import { type PortConflicts, sharedPort } from '../admission/port-conflicts.ts';
import { standbyCondition } from '../admission/standby.ts';
import type { Blockades } from '../firewall/blockades.ts';
import type { DistrustedCertificates } from './distrusted-certificates.ts';
import { describeMembers, describeUnchecked, type MembersHealth, noneServes } from './members.ts';
import type { UnsharedTables } from './shared-tables.ts';

/** What lies between clients and the members of rules, as it was last seen. */
export interface Surroundings {
  portConflicts: PortConflicts;
  blockades: Blockades;
  /** A rule of which nothing is known is not in it. */
  members: MembersHealth;
  unshared: UnsharedTables;
  distrusted: DistrustedCertificates;
  /** Ids of rules whose address the other router of the pair has; undefined: none. */
  standby?: ReadonlySet<string>;
}

/** The reason of conditions of rules all of whose members are down. */
export const noMemberUp = 'NoMemberUp';

/** Why clients of a rule do not reach HAProxy, or not all of them; undefined: they do. */
export function unreachable(
  id: string,
  { portConflicts, blockades }: Pick<Surroundings, 'portConflicts' | 'blockades'>,
): Refusal | undefined {
  const conflict = portConflicts.get(id);
  return blockades.get(id)?.refusal ?? (conflict === undefined ? undefined : sharedPort(id, conflict));
}

/**
 * The condition `InForce` of a rule that HAProxy obeys: True when its clients reach HAProxy; Unknown when no member is
 * up, since nobody is served then. False with the reason `Standby` when its address is elsewhere, and all else is well.
 */
export function reachability(id: string, surroundings: Surroundings, why: string): ConditionUpdate {
  const problem = unreachable(id, surroundings);
  if (problem) return conditionFalse(problem.reason, problem.message);
  const members = surroundings.members.get(id);
  const { blockades, distrusted, unshared } = surroundings;
  const said = [members && describeUnchecked(members), blockades.get(id)?.note, unshared.get(id), distrusted.get(id)];
  const warnings = said.flatMap((warning) => warning || []);
  const health = members ? [describeMembers(members)] : [];
  if (surroundings.standby?.has(id)) return standbyCondition(id, [...health, ...warnings]);
  if (members && noneServes(members)) {
    const message = `clients are not served: ${[...health, ...warnings].join('; ')}`;
    return { status: 'Unknown', reason: noMemberUp, message };
  }
  return conditionTrue('Verified', [why, ...health].join('; '), warnings);
}

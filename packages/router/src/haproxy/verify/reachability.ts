import { type ConditionUpdate, conditionFalse, conditionTrue } from '../../conditions.ts';
import type { Refusal } from '../../refusal.ts';
import { type PortConflicts, sharedPort } from '../admission/port-conflicts.ts';
import { standbyCondition } from '../admission/standby.ts';
import type { Blockades } from '../firewall/blockades.ts';
import { describeMembers, type MembersHealth, noneServes } from './members.ts';
import type { UnsharedTables } from './shared-tables.ts';

/** What lies between clients and the members of rules, as it was last seen. */
export interface Surroundings {
  portConflicts: PortConflicts;
  blockades: Blockades;
  /** A rule of which nothing is known is not in it. */
  members: MembersHealth;
  unshared: UnsharedTables;
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
  const { blockades, unshared } = surroundings;
  const said = [members && describeMembers(members), blockades.get(id)?.note, unshared.get(id)];
  const notes = said.flatMap((note) => note || []);
  if (surroundings.standby?.has(id)) return standbyCondition(id, notes);
  if (members && noneServes(members)) {
    return { status: 'Unknown', reason: noMemberUp, message: `clients are not served: ${notes.join('; ')}` };
  }
  return conditionTrue('Verified', [why, ...notes].join('; '));
}

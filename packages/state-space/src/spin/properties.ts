/**
 * The properties of `composition/properties.ts` that need no copies of the rule, once more in C. The names are the same; of B1 and B4
 * this is what can be said without copies.
 *
 * @module
 */

/** A property of every state, and the C expression that says whether it holds. */
export interface CProperty {
  readonly name: string;
  readonly holds: string;
}

const SAYS_IN_FORCE = '(rule_is(rule_state_active) && AT(rule_inForce, now.rule) == rule_inForce_current)';
const IS_LIVE = '(!group_is(group_state_removed) && !group_is(group_state_revoke))';

/** Asserted in every state. */
export const C_PROPERTIES: readonly CProperty[] = [
  {
    name: 'B1 in-force-is-true',
    holds: `!${SAYS_IN_FORCE} || AT(entry_serves, now.entry) == entry_serves_current`,
  },
  { name: 'B4 members-are-backends', holds: `!${SAYS_IN_FORCE} || having(member_state_joining) == 0` },
  { name: 'B5 scaling-ends', holds: '!group_is(group_state_scaling) || is_operation_running()' },
  {
    name: 'B7 delete-without-router',
    holds: `!${IS_LIVE} || can_group(group_event_delete) || can_group(group_event_deleteWithCleanup)`,
  },
  { name: 'B8 no-vm-without-group', holds: `${IS_LIVE} || present() == 0` },
  { name: 'B9 all-rules-configured', holds: '!rule_is(rule_state_active) || !entry_is(entry_state_empty)' },
  {
    name: 'B21 removed-without-trace',
    holds:
      '!rule_is(rule_state_gone) || (AT(entry_serves, now.entry) == entry_serves_absent && (entry_is(entry_state_empty) || entry_is(entry_state_removed)))',
  },
  {
    name: 'B26 reported-is-stored',
    holds:
      '!rule_is(rule_state_active) || (AT(entry_generation, now.entry) == entry_generation_current && !entry_is(entry_state_refused))',
  },
  { name: 'in-force-needs-router', holds: `!${SAYS_IN_FORCE} || carries_traffic()` },
  {
    name: 'size-is-counted',
    holds: 'group_is(group_state_removed) || AT(group_size, now.group) == present()',
  },
  {
    name: 'bounds-are-sound',
    holds:
      '1 <= AT(group_min, now.group) && AT(group_min, now.group) <= AT(group_max, now.group) && AT(group_max, now.group) <= AT(group_capacity, now.group)',
  },
  {
    name: 'always-disabled-and-enabled',
    holds:
      'group_is(group_state_disabled) ? can_group(group_event_enable) : (!group_is(group_state_enabled) && !group_is(group_state_scaling)) || can_group(group_event_disable)',
  },
];

/** A property's name as a C function. */
export const cNameOf = ({ name }: Pick<CProperty, 'name'>): string => name.replaceAll(/[ -]/g, '_');

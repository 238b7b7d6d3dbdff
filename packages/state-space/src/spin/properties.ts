/**
 * The properties of `composition/properties.ts` once more in C, with the same names: those that need no copies of the rule, and of B1,
 * B4, drained-before-removed and verified-before-serving what can be said without copies.
 *
 * @module
 */

/** A property, and the C expression that says whether it holds: in a state, or in a step. */
export interface CProperty {
  readonly name: string;
  readonly holds: string;
}

const SAYS_IN_FORCE = '(rule_is(rule_state_active) && AT(rule_inForce, now.rule) == rule_inForce_current)';
/** That the rule was lost may not have been heard of: whether it has, only a history variable could say. */
const MAY_BE_UNHEARD =
  '(entry_is(entry_state_addressAway) || entry_is(entry_state_waitingForAddress) || entry_is(entry_state_certificateGone) || entry_is(entry_state_waitingForCertificate) || (entry_is(entry_state_programmed) && AT(entry_serves, now.entry) == entry_serves_absent))';
const IS_LIVE = '(!group_is(group_state_removed) && !group_is(group_state_revoke))';

/** Asserted in every state. */
export const C_PROPERTIES: readonly CProperty[] = [
  {
    name: 'B1 in-force-is-true',
    holds: `!${SAYS_IN_FORCE} || AT(entry_serves, now.entry) == entry_serves_current || ${MAY_BE_UNHEARD}`,
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
  {
    name: 'in-force-needs-router',
    holds: 'carries_traffic() || rule_is(rule_state_gone) || AT(rule_inForce, now.rule) == rule_inForce_absent',
  },
  {
    name: 'size-is-counted',
    holds: 'AT(group_size, now.group) == present()',
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

const SCALES = '(to == to_group && (event == group_event_scaleUp || event == group_event_scaleDown))';
const CHOOSES = '(to == to_rule && (event == rule_event_setSourceBased || event == rule_event_setNone))';

/**
 * Of every step that the management side takes part in: `was` has its local states before, `to`, `event` and `place` say what happened.
 * An answer that arrives happens to the rule.
 */
export const C_STEP_PROPERTIES: readonly CProperty[] = [
  {
    name: 'B6 scaling-keeps-bounds',
    holds: `!${SCALES} || (event == group_event_scaleUp ? was_present() < AT(group_max, was.group) : was_present() > AT(group_min, was.group))`,
  },
  {
    name: 'quiet-is-kept',
    holds: `!${SCALES} || AT(group_quiet, was.group) == group_quiet_false || (event == group_event_scaleUp ? AT(group_size, was.group) < AT(group_min, was.group) : AT(group_size, was.group) > AT(group_max, was.group))`,
  },
  {
    name: 'one-operation',
    holds: `!${SCALES} || was_having(member_state_provisioning) + was_having(member_state_joining) + was_having(member_state_draining) == 0`,
  },
  {
    name: 'users-enable-and-disable',
    holds:
      'was_group(group_state_disabled) == group_is(group_state_disabled) || (to == to_group && (group_is(group_state_disabled) ? event == group_event_disable : event == group_event_enable || event == group_event_delete || event == group_event_deleteWithCleanup))',
  },
  {
    name: 'always-disabled-and-enabled',
    holds:
      'to != to_group || (event == group_event_disable ? group_is(group_state_disabled) : event != group_event_enable || !group_is(group_state_disabled))',
  },
  {
    name: 'users-choose-stickiness',
    holds:
      'AT(rule_stickiness, was.rule) == AT(rule_stickiness, now.rule) || to == to_place || (to == to_rule && event == (AT(rule_stickiness, now.rule) == rule_stickiness_source ? rule_event_setSourceBased : rule_event_setNone))',
  },
  {
    name: 'choice-is-kept',
    holds: `!${CHOOSES} || AT(rule_stickiness, now.rule) == (event == rule_event_setNone ? rule_stickiness_none : rule_stickiness_source)`,
  },
  {
    name: 'rule-outlives-group',
    holds:
      'to != to_rule || event != rule_event_delete || was_group(group_state_removed) || AT(rule_state, was.rule) == rule_state_revoke',
  },
  {
    name: 'vms-of-enabled-groups-are-safe',
    holds:
      'to != to_member || event != member_event_destroy || was_group(group_state_disabled) || was_member(place, member_state_failed)',
  },
  {
    name: 'drained-before-removed',
    holds:
      'to == to_group && event == group_event_scaleDown ? is_none_cut_off() : to != to_member || event != member_event_drained || !member_is(place, member_state_gone) || !was_carrying() || (AT(rule_state, was.rule) == rule_state_active && AT(rule_inForce, was.rule) == rule_inForce_current)',
  },
  { name: 'verified-before-serving', holds: `${SAYS_IN_FORCE} || !is_any_new_serving()` },
];

/** What the expressions of steps call. */
export const STEP_FUNCTIONS = `static int was_group(int state) { return AT(group_state, was.group) == state; }
static int was_member(int place, int state) { return AT(member_state, was.member[place]) == state; }

static int was_having(int state) {
  int place, count = 0;
  for (place = 0; place < MEMBERS; place++) count += was_member(place, state);
  return count;
}

static int was_present(void) { return MEMBERS - was_having(member_state_gone); }

static int was_carrying(void) {
  return AT(router_state, was.router) == router_state_running || AT(router_state, was.router) == router_state_unreachable;
}

static int is_none_cut_off(void) {
  int place;
  for (place = 0; place < MEMBERS; place++)
    if ((was_member(place, member_state_serving) || was_member(place, member_state_joining)) && member_is(place, member_state_gone))
      return 0;
  return 1;
}

static int is_any_new_serving(void) {
  int place;
  for (place = 0; place < MEMBERS; place++)
    if (member_is(place, member_state_serving) && !was_member(place, member_state_serving)) return 1;
  return 0;
}`;

/** A property's name as a C function. */
export const cNameOf = ({ name }: Pick<CProperty, 'name'>): string => name.replaceAll(/[ -]/g, '_');

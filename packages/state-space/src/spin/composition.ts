/**
 * How the statecharts act together, written a second time, in C for SPIN: who hears whom and in which order, what is refused, what the
 * link does. It is written by hand from what the model means; nothing of `createSystem` is executed for it, so that a mistake in one
 * of the two writings shows as a difference of the counts.
 *
 * @module
 */
import { type ChartName, EVENTS, type Origin } from './vocabulary.ts';

/** The kinds of messages, as the slots of the link are called in the state vector. */
const SLOTS = ['command', 'late', 'report', 'answer'] as const;

/** What is in flight about the rule: a slot for each kind of message, 0 when it is empty. */
export const LINK_VARIABLES = SLOTS.map((slot) => `byte ${slot} = 0;`).join('\n');

/** One option of the loop for each event that may come from outside: when it is possible, and what it does. */
export function outsideEvents(members: number): string[] {
  const outside = (name: ChartName): string[] =>
    Object.entries<Origin>(EVENTS[name]).flatMap(([event, origin]) =>
      origin === 'outside' ? [`${name}_event_${event}`] : [],
    );
  const places = Array.from({ length: members }, (_, place) => place);
  const step = (can: string, go: string) => `  :: d_step { c_expr { (${can}) } -> c_code { ${go}; } }`;
  return [
    ...outside('router').map((event) => step(`can_router(${event})`, `manage(to_router, ${event}, 0)`)),
    step('can_create()', 'create()'),
    ...outside('group').map((event) => step(`can_group(${event})`, `manage(to_group, ${event}, 0)`)),
    ...outside('rule').map((event) => step(`can_rule(${event})`, `manage(to_rule, ${event}, 0)`)),
    ...places.flatMap((place) =>
      outside('member').map((event) => step(`can_member(${event}, ${place})`, `manage(to_member, ${event}, ${place})`)),
    ),
    ...outside('entry').map((event) => step(`can_entry(${event})`, `hear(${event})`)),
    ...SLOTS.flatMap((slot) => [
      step(`now.${slot} && is_reached()`, `deliver_${slot}(1)`),
      step(`now.${slot} && is_reached()`, `deliver_${slot}(0)`),
      step(`now.${slot}`, `now.${slot} = 0`),
    ]),
  ];
}

/** The functions that `outsideEvents` calls. */
export function composition(members: number): string {
  return `c_code {
#define MEMBERS ${members}
#define EDGE(chart, local, event) ((local) * chart##_events + (event))
#define CAN(chart, local, event) (AT(chart##_next, EDGE(chart, local, event)) >= 0)

enum { no_command, command_put, command_remove };
enum { no_answer, answer_applied, answer_in_force, answer_refused, answer_outdated };

static int router_is(int state) { return AT(router_state, now.router) == state; }
static int group_is(int state) { return AT(group_state, now.group) == state; }
static int rule_is(int state) { return AT(rule_state, now.rule) == state; }
static int entry_is(int state) { return AT(entry_state, now.entry) == state; }
static int member_is(int place, int state) { return AT(member_state, now.member[place]) == state; }

static int having(int state) {
  int place, count = 0;
  for (place = 0; place < MEMBERS; place++) count += member_is(place, state);
  return count;
}

static int present(void) { return MEMBERS - having(member_state_gone); }

static int is_operation_running(void) {
  return having(member_state_provisioning) + having(member_state_joining) + having(member_state_draining) > 0;
}

/* Its data plane works; commands and answers get through only while it runs. */
static int carries_traffic(void) { return router_is(router_state_running) || router_is(router_state_unreachable); }
static int is_reached(void) { return router_is(router_state_running); }
}

/* What is possible: the statechart has a transition, and nothing else is in the way. */
c_code {
static int can_router(int event) { return CAN(router, now.router, event); }

/* The address and port are free again. */
static int can_create(void) { return group_is(group_state_removed) && rule_is(rule_state_gone); }

static int can_group(int event) {
  if (!CAN(group, now.group, event)) return 0;
  if (event == group_event_configured) return !rule_is(rule_state_staged) && !rule_is(rule_state_gone);
  if (event == group_event_scaleUp || event == group_event_scaleDown) return !is_operation_running();
  return 1;
}

static int can_rule(int event) {
  if (!CAN(rule, now.rule, event)) return 0;
  if (event == rule_event_delete) return group_is(group_state_removed) || rule_is(rule_state_revoke);
  if (event == rule_event_timeout || event == rule_event_retry) return is_reached();
  return 1;
}

static int can_member(int event, int place) {
  if (!CAN(member, now.member[place], event)) return 0;
  if (event == member_event_destroy) return group_is(group_state_disabled) || member_is(place, member_state_failed);
  if (event == member_event_drained) return !carries_traffic() || AT(rule_inForce, now.rule) == rule_inForce_current;
  return 1;
}

static int can_entry(int event) { return carries_traffic() && CAN(entry, now.entry, event); }
}

/* The router's entry: it hears, and answers about the latest generation; that it has none, it says of any. */
c_code {
static void hear(int event) {
  int edge = EDGE(entry, now.entry, event), a, is_current;
  if (AT(entry_next, edge) < 0) return;
  now.entry = AT(entry_next, edge);
  is_current = AT(entry_generation, now.entry) == entry_generation_current;
  for (a = AT(entry_does, edge); AT(entry_actions, a) != no_action; a++) {
    if (AT(entry_actions, a) == action_answerOutdated) now.answer = answer_outdated;
    if (!is_current) continue;
    if (AT(entry_actions, a) == action_answerApplied) now.answer = answer_applied;
    if (AT(entry_actions, a) == action_answerInForce) now.answer = answer_in_force;
    if (AT(entry_actions, a) == action_answerRefused) now.answer = answer_refused;
  }
}
}

/* What the management side does: a queue of events, first in first out, and what leaves it, which happens when it has come to rest. */
c_code {
enum { to_router, to_place, to_group, to_rule, to_member };
enum { MOST = 256 };
static struct { int to, event, place; } queue[MOST];
static int effects[MOST];
static int first, last, effect_count;
/* SPIN's own, which it defines further down. */
extern void (*Uerror)(char *), (*uerror)(char *);

static void enqueue(int to, int event, int place) {
  if (last == MOST) Uerror("the statecharts signal without end");
  queue[last].to = to;
  queue[last].event = event;
  queue[last++].place = place;
}

static void leaves(int action) {
  if (effect_count == MOST) Uerror("the statecharts send without end");
  effects[effect_count++] = action;
}

/* A failed VM goes first, then the newest. */
static void give_up_one(void) {
  int place, serving = -1, failed = -1;
  for (place = 0; place < MEMBERS; place++) {
    if (member_is(place, member_state_serving)) serving = place;
    if (member_is(place, member_state_failed)) failed = place;
  }
  if (failed >= 0) enqueue(to_member, member_event_remove, failed);
  else if (serving >= 0) enqueue(to_member, member_event_remove, serving);
}

static void create_one(void) {
  int place;
  for (place = 0; place < MEMBERS; place++)
    if (member_is(place, member_state_gone)) {
      enqueue(to_member, member_event_create, place);
      return;
    }
}

static void act(int action) {
  int place;
  switch (action) {
    case action_createMember: create_one(); break;
    case action_removeMember: give_up_one(); break;
    case action_destroyMembers:
      for (place = 0; place < MEMBERS; place++)
        if (!member_is(place, member_state_gone)) enqueue(to_member, member_event_destroy, place);
      break;
    case action_confirmMembers:
      for (place = 0; place < MEMBERS; place++)
        if (member_is(place, member_state_joining)) enqueue(to_member, member_event_joined, place);
      break;
    case action_resend: enqueue(to_rule, rule_event_resend, 0); break;
    case action_tellRule: enqueue(to_rule, rule_event_membersChanged, 0); break;
    case action_tellServing: enqueue(to_group, group_event_memberServing, 0); break;
    case action_tellFailed: enqueue(to_group, group_event_memberFailed, 0); break;
    case action_tellGone: enqueue(to_group, group_event_memberGone, 0); break;
    case action_tellDestroyed: enqueue(to_group, group_event_memberDestroyed, 0); break;
    case action_halt: enqueue(to_rule, rule_event_routerDown, 0); leaves(action); break;
    case action_wipe: enqueue(to_rule, rule_event_routerDestroyed, 0); leaves(action); break;
    case action_syncRules:
    case action_reportRules:
    case action_newGeneration: leaves(action); break;
    case action_putRule: if (is_reached()) leaves(action); break;
    case action_removeRule:
      /* Without a router there is nothing to remove the rule from. */
      if (router_is(router_state_absent)) enqueue(to_rule, rule_event_routerDestroyed, 0);
      else if (is_reached()) leaves(action);
      break;
  }
}

#define ADVANCE(chart, local, event) { \\
  int edge = EDGE(chart, local, event), a; \\
  if (AT(chart##_next, edge) >= 0) { \\
    local = AT(chart##_next, edge); \\
    for (a = AT(chart##_does, edge); AT(chart##_actions, a) != no_action; a++) act(AT(chart##_actions, a)); \\
  } \\
}

static void happens(int action) {
  switch (action) {
    case action_newGeneration:
      /* A change that waits to be delivered is late from now on; an answer is about the generation before. */
      if (now.command == command_put) now.late = 1;
      now.command = no_command;
      now.answer = no_answer;
      hear(entry_event_age);
      break;
    case action_halt:
    case action_wipe:
      now.command = now.late = now.report = now.answer = 0;
      hear(action == action_halt ? entry_event_halt : entry_event_wipe);
      break;
    case action_putRule: now.command = command_put; break;
    case action_removeRule: now.command = command_remove; break;
    case action_syncRules:
      if (rule_is(rule_state_add) || rule_is(rule_state_active)) now.command = command_put;
      if (rule_is(rule_state_revoke)) now.command = command_remove;
      break;
    case action_reportRules: now.report = 1; break;
  }
}

/* Before the step: \`properties.ts\` compares. Not a part of the state. */
static struct { int router, group, rule, member[MEMBERS]; } was;
static void check_step(int to, int event, int place);

static void remember(void) {
  int place;
  was.router = now.router;
  was.group = now.group;
  was.rule = now.rule;
  for (place = 0; place < MEMBERS; place++) was.member[place] = now.member[place];
}

static void manage(int to, int event, int place) {
  int i;
  remember();
  first = last = effect_count = 0;
  enqueue(to, event, place);
  for (; first < last; first++) {
    switch (queue[first].to) {
      case to_router: ADVANCE(router, now.router, queue[first].event) break;
      case to_group: ADVANCE(group, now.group, queue[first].event) break;
      case to_rule: ADVANCE(rule, now.rule, queue[first].event) break;
      case to_member: ADVANCE(member, now.member[queue[first].place], queue[first].event) break;
    }
  }
  for (i = 0; i < effect_count; i++) happens(effects[i]);
  check_step(to, event, place);
}

/* The group and the rule begin anew; the router may still know the rule that had the address and port before. */
static void create(void) {
  int place;
  remember();
  now.group = now.rule = 0;
  for (place = 0; place < MEMBERS; place++) now.member[place] = 0;
  happens(action_newGeneration);
  check_step(to_place, 0, 0);
}
}

/* A message arrives; a doubled one also stays in flight. */
c_code {
static void deliver_command(int is_doubled) {
  int event = now.command == command_put ? entry_event_put : entry_event_remove;
  if (!is_doubled) now.command = no_command;
  hear(event);
}

static void deliver_late(int is_doubled) {
  if (!is_doubled) now.late = 0;
  hear(entry_event_putStale);
}

static void deliver_report(int is_doubled) {
  if (!is_doubled) now.report = 0;
  hear(entry_event_report);
}

static void deliver_answer(int is_doubled) {
  int answer = now.answer;
  if (!is_doubled) now.answer = no_answer;
  switch (answer) {
    case answer_applied: manage(to_rule, rule_event_applied, 0); break;
    case answer_in_force: manage(to_rule, rule_event_inForce, 0); break;
    case answer_refused: manage(to_rule, rule_event_refused, 0); break;
    case answer_outdated: manage(to_rule, rule_event_outdated, 0); break;
  }
}
}`;
}

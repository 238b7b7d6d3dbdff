import {
  type Chart,
  entryMachine,
  type GroupState,
  groupMachine,
  type Local,
  memberMachine,
  PARTS,
  type Parts,
  routerMachine,
  ruleMachine,
} from '@limpet/model';
import type { Bug } from './bugs.ts';

/** A step of a statechart that a bug makes otherwise: a run that takes it can tell the bug. */
export interface EditedStep {
  /** The id of its machine. */
  machine: string;
  /** Where it begins: the name of a state. */
  state: string;
  event: string;
}

const MACHINES = {
  group: { machine: groupMachine, input: { min: 1, max: 2, capacity: 3 } },
  rule: { machine: ruleMachine, input: undefined },
  member: { machine: memberMachine, input: undefined },
  router: { machine: routerMachine, input: undefined },
  entry: { machine: entryMachine, input: undefined },
} as const;

type Name = keyof typeof MACHINES;

/**
 * The steps of single statecharts that a bug edits; none of a bug in how several of them meet. By asking the edited charts in
 * every state that the model's own can be in, within each state of their group.
 */
export function editedSteps({ edit }: Pick<Bug, 'edit'>): EditedStep[] {
  if (edit === undefined) return [];
  const parts = edit(PARTS);
  const within = groups();
  return (Object.keys(MACHINES) as Name[]).flatMap((name) => {
    if (parts[name] === PARTS[name]) return [];
    const events = MACHINES[name].machine.events as readonly string[];
    const found = new Map<string, EditedStep>();
    for (const local of localsOf(name)) {
      for (const event of events) {
        const differs = within.some(
          (group) => answer(PARTS, name, local, event, group) !== answer(parts, name, local, event, group),
        );
        if (differs) found.set(`${local.value} ${event}`, { machine: name, state: local.value, event });
      }
    }
    return [...found.values()];
  });
}

type AnyChart = Chart<unknown, string>;
const chartOf = (parts: Parts, name: Name): AnyChart => parts[name] as unknown as AnyChart;

/** What a chart does, as text to compare. */
const answer = (parts: Parts, name: Name, local: Local<unknown>, event: string, group: GroupState): string =>
  JSON.stringify(chartOf(parts, name).edge(local, event, group)) ?? '';

/** All local states that a statechart can be in. */
function localsOf(name: Name): Local<unknown>[] {
  const { machine, input } = MACHINES[name];
  const chart = chartOf(PARTS, name);
  const initial = chart.initial(input);
  const found = new Map([[JSON.stringify(initial), initial]]);
  for (const local of found.values()) {
    for (const event of machine.events as readonly string[]) {
      const next = chart.edge(local, event)?.next;
      if (next !== undefined) found.set(JSON.stringify(next), next);
    }
  }
  return [...found.values()];
}

/** A group in each of its states, with a rule and a member that have just begun. */
function groups(): GroupState[] {
  const group = PARTS.group.initial(MACHINES.group.input);
  const [rule, member] = [PARTS.rule.initial(undefined), PARTS.member.initial(undefined)];
  return Object.keys(groupMachine.states).map((value) => ({ group: { ...group, value }, rule, members: [member] }));
}

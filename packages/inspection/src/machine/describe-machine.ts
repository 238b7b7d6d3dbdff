/**
 * The only module that knows XState's insides.
 *
 * @module
 */
import type { AnyStateMachine } from 'xstate';
import type { ActionDescription, MachineDescription, StateDescription, TransitionDescription } from './description.ts';
import { actionName, guardName } from './names.ts';
import { triggerOf } from './trigger.ts';

type StateNode = AnyStateMachine['root'];
type TransitionDefinition = StateNode['transitions'] extends Map<string, (infer T)[]> ? T : never;

/** What else to know of a machine than what it says. */
export interface DescribeOptions {
  /** Tells the actions that leave the machine for another program. @defaultValue none do */
  isCommand?: (action: string) => boolean;
}

/** True for what `createMachine` of XState 5 returns. */
export function isMachine(value: unknown): value is AnyStateMachine {
  return typeof value === 'object' && value !== null && 'root' in value && 'implementations' in value;
}

/** Reads any machine of XState 5, without running it: hierarchy, parallel regions, guards, actions, `always` and `after`. */
export function describeMachine(machine: AnyStateMachine, options: DescribeOptions = {}): MachineDescription {
  const { isCommand = () => false } = options;
  const nodes = nodesOf(machine.root);
  const actions = (list: readonly unknown[]): ActionDescription[] =>
    list
      .filter((action) => !isOfDelay(action))
      .map((action) => {
        const name = actionName(action);
        return { name, command: isCommand(name) };
      });
  return {
    id: machine.id,
    ...optional('description', machine.root.description),
    states: nodes.map((node) => describeState(node, actions)),
    transitions: nodes.flatMap((node) =>
      transitionsOf(node).map(
        ([id, transition]): TransitionDescription => ({
          id,
          source: node.id,
          targets: (transition.target ?? []).map((target) => target.id),
          trigger: triggerOf(transition.eventType),
          ...(transition.guard === undefined ? {} : { guard: guardName(transition.guard) }),
          actions: actions(transition.actions),
          reenter: transition.reenter,
          ...optional('description', transition.description),
        }),
      ),
    ),
  };
}

/** The ids that {@link describeMachine} gives to the transitions that XState's inspection names. */
export function transitionIds(machine: AnyStateMachine): ReadonlyMap<unknown, string> {
  return new Map(nodesOf(machine.root).flatMap((node) => transitionsOf(node).map(([id, each]) => [each, id] as const)));
}

/**
 * The ids of the transitions that a machine takes from a state on an event; none when it takes none. Nothing is run but
 * guards.
 */
export function enabledTransitions(
  machine: AnyStateMachine,
  state: { value: string; context: unknown },
  event: { type: string },
): string[] {
  const ids = transitionIds(machine);
  const snapshot = machine.resolveState({ value: state.value, context: state.context });
  return machine
    .getTransitionData(snapshot, event)
    .map((transition) => ids.get(transition))
    .filter((id) => id !== undefined);
}

function nodesOf(node: StateNode): StateNode[] {
  return [node, ...Object.values(node.states as Record<string, StateNode>).flatMap(nodesOf)];
}

/** Those of a state, with their ids: the state, the event, and a number where an event has several. */
function transitionsOf(node: StateNode): [id: string, transition: TransitionDefinition][] {
  const lists: TransitionDefinition[][] = [...node.transitions.values(), node.always ?? []];
  return lists.flatMap((list) =>
    list.map((each, at): [string, TransitionDefinition] => [`${node.id}#${each.eventType}#${at}`, each]),
  );
}

function describeState(node: StateNode, actions: (list: readonly unknown[]) => ActionDescription[]): StateDescription {
  const initial = node.type === 'compound' ? node.initial.target[0]?.id : undefined;
  return {
    id: node.id,
    key: node.key,
    ...optional('parent', node.parent?.id),
    type: node.type,
    ...optional('initial', initial),
    ...(node.history === 'shallow' || node.history === 'deep' ? { history: node.history } : {}),
    ...optional('description', node.description),
    tags: [...node.tags],
    entry: actions(node.entry),
    exit: actions(node.exit),
    invokes: node.invoke.map(({ id, src }: { id: string; src: unknown }) => ({ id, src: actionName(src) })),
  };
}

/** XState starts and cancels the timers of `after` by actions of its own, which nobody wrote. */
function isOfDelay(action: unknown): boolean {
  if (typeof action !== 'function') return false;
  const { type, event, sendId } = action as { type?: string; event?: { type?: unknown }; sendId?: unknown };
  const about = type === 'xstate.raise' ? event?.type : type === 'xstate.cancel' ? sendId : undefined;
  return typeof about === 'string' && about.startsWith('xstate.after.');
}

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };
}

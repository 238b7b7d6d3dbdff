import type { Json } from '../feed/plain-json.ts';
import type {
  ActionDescription,
  MachineDescription,
  StateDescription,
  TransitionDescription,
} from '../machine/description.ts';

type Config = { [key: string]: Json };

/**
 * The configuration of a machine as XState takes it, as JSON: the structure, with guards and actions by their names. Of
 * `describeMachine`, it is the way back.
 */
export function machineConfig(machine: MachineDescription): Config {
  const [root] = machine.states;
  return { ...configOf(root!, machine), id: machine.id };
}

function configOf(state: StateDescription, machine: MachineDescription): Config {
  const children = machine.states.filter(({ parent }) => parent === state.id);
  const initial = children.find(({ id }) => id === state.initial);
  const own = machine.transitions.filter(({ source }) => source === state.id);
  const of = (...kinds: TransitionDescription['trigger']['kind'][]) =>
    own.filter(({ trigger }) => kinds.includes(trigger.kind));
  return {
    id: state.id,
    ...(state.type !== 'atomic' && state.type !== 'compound' && { type: state.type }),
    ...(initial !== undefined && { initial: initial.key }),
    ...(state.history !== undefined && { history: state.history }),
    ...(state.description !== undefined && { description: state.description }),
    ...(state.tags.length > 0 && { tags: state.tags }),
    ...(state.entry.length > 0 && { entry: namesOf(state.entry) }),
    ...(state.exit.length > 0 && { exit: namesOf(state.exit) }),
    ...(state.invokes.length > 0 && { invoke: state.invokes.map(({ id, src }) => ({ id, src })) }),
    ...whenAny('on', byType(of('event', 'any', 'after', 'done', 'error', 'snapshot', 'route'))),
    ...whenAny('always', of('always').map(transitionConfig)),
    ...(children.length > 0 && {
      states: Object.fromEntries(children.map((child) => [child.key, configOf(child, machine)])),
    }),
  };
}

const namesOf = (actions: readonly ActionDescription[]): Json[] => actions.map(({ name }) => ({ type: name }));

const whenAny = (key: string, value: Config | Json[]): Config =>
  Object.keys(value).length > 0 ? { [key]: value } : {};

/** By the event's type, also of timers and ended actors: XState has events for them. */
const byType = (transitions: readonly TransitionDescription[]): Config =>
  Object.fromEntries(
    [...Map.groupBy(transitions, ({ trigger }) => trigger.type)].map(([type, own]) => [
      type,
      own.map(transitionConfig),
    ]),
  );

const transitionConfig = ({ targets, guard, actions, reenter, description }: TransitionDescription): Config => ({
  ...(targets.length > 0 && { target: targets.map((id) => `#${id}`) }),
  ...(guard !== undefined && { guard: { type: guard } }),
  ...(actions.length > 0 && { actions: namesOf(actions) }),
  ...(reenter && { reenter }),
  ...(description !== undefined && { description }),
});

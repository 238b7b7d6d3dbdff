/**
 * Whether a mutant does anything else than the model, wherever the model can come to: then it is the same model, written otherwise.
 * All that the composition executes is asked again: what each event does to each management side that is reached, and each channel.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Exploration } from '@limpet/checker';
import type {
  Channel,
  Channels,
  Effect,
  Local,
  ManagementEvent,
  ManagementState,
  RuleContext,
  SystemEvent,
  SystemState,
} from '@limpet/model';
import type { CompositionModel } from '@limpet/state-space';
import type { LoadedMutant } from './load-mutant.ts';

/** Where the model can come to. Plain JSON. */
export interface Reached {
  readonly members: number;
  readonly sides: readonly ManagementState[];
  readonly channels: readonly Channel[];
}

/** What the parts of the composition answer there, one text each. */
export interface Behaviour {
  readonly reached: Reached;
  readonly answers: readonly string[];
}

/** The management sides and the channels of an exploration, each once. */
export function reachedBy(members: number, { states, store }: Exploration, model: CompositionModel): Reached {
  const [sides, channels] = [new Map<number, ManagementState>(), new Map<number, Channel>()];
  for (let state = 0; state < states; state++) {
    const at = state * model.words;
    const [side, channel] = [store.states[at]!, store.states[at + 1]!];
    if (sides.has(side) && channels.has(channel)) continue;
    const { router, groups, entries, link }: SystemState = model.systemStateOf(store.states, at);
    sides.set(side, { router, groups });
    channels.set(channel, { entry: entries[0]!, inFlight: link[0]! });
  }
  // The copies of the rule, which the composition does not read, make several of one channel.
  const once = new Map([...channels.values()].map((channel) => [JSON.stringify(channel), channel]));
  return { members, sides: spread([...sides.values()]), channels: [...once.values()] };
}

/** In an order in which what is alike is far apart: what a mutant does otherwise is then found soon. */
function spread<T>(list: readonly T[]): T[] {
  const stride = Math.ceil(Math.sqrt(list.length));
  return Array.from({ length: stride }, (_, from) => list.filter((_each, at) => at % stride === from)).flat();
}

/** What answers. */
export type Answering = Pick<LoadedMutant, 'model' | 'systemEventsOf'>;

/** The behaviour of the model as it is. */
export function behaviourOf(model: Answering, reached: Reached): Behaviour {
  return { reached, answers: [...answersOf(model, reached)] };
}

/** Whether a model answers the same. */
export function behavesAs(model: Answering, { reached, answers }: Behaviour): boolean {
  let at = 0;
  for (const answer of answersOf(model, reached)) if (answer !== answers[at++]) return false;
  return at === answers.length;
}

function* answersOf({ model, systemEventsOf }: Answering, { members, sides, channels }: Reached): Generator<string> {
  const { createChannels, createManagement, ANSWERS, PARTS } = model;
  const rules = createChannels(PARTS.entry);
  const management = createManagement({ groups: 1, members });
  // In an order of their own: in which order a mutant lists them makes no difference.
  const all = systemEventsOf(members).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  yield JSON.stringify([management.initial, rules.empty, all]);
  const group = 0;
  const events = all.filter((event) => event.to !== 'entry' && event.to !== 'link');
  const heard = Object.values(ANSWERS).map((event): ManagementEvent => ({ to: 'rule', group, event }));
  const outcomes = new Map<string, string>();
  /** What the effects come to in every channel: two lists that come to the same are alike. */
  const outcomeOf = (effects: readonly Effect[], rule: Local<RuleContext>): string => {
    const key = JSON.stringify([effects, rule.value]);
    const known = outcomes.get(key);
    if (known !== undefined) return known;
    const after = channels.map((channel) => effects.reduce((at, one) => rules.takeEffect(at, one, rule), channel));
    const outcome = createHash('sha256').update(JSON.stringify(after)).digest('base64');
    outcomes.set(key, outcome);
    return outcome;
  };
  const step = (side: ManagementState, event: ManagementEvent) => {
    const { state, effects } = management.step(side, event);
    // Sent twice in one step, a command is one that the link doubles.
    const commands = new Set(effects.flatMap(({ type }) => (COMMANDS.has(type) ? [type] : [])));
    return [state, [...commands], outcomeOf(effects, state.groups[group]!.rule)];
  };
  for (const channel of channels) yield JSON.stringify(answersOfChannel(model, rules, all, channel));
  for (const side of sides) {
    const taken = events.map((event) => (management.refusal(side, event) === undefined ? step(side, event) : null));
    yield JSON.stringify([taken, heard.map((event) => step(side, event))]);
  }
}

/** Of what leaves the management side, what a program that uses the model sends to a router. */
const COMMANDS: ReadonlySet<string> = new Set(['putRule', 'removeRule', 'syncRules', 'reportRules']);

function answersOfChannel(
  { linkRefusal }: LoadedMutant['model'],
  { entryRefusal, hear, transport }: Channels,
  all: readonly SystemEvent[],
  channel: Channel,
): unknown {
  const routers = ['absent', 'starting', 'running', 'unreachable', 'stopped'];
  return all.flatMap((one): unknown[] => {
    if (one.to === 'entry') {
      const { event } = one;
      return [routers.map((router) => entryRefusal(router, channel, event) === undefined), hear(channel, event)];
    }
    if (one.to !== 'link') return [];
    const { message, event } = one;
    return [
      routers.map((router) => linkRefusal(router, channel, message, event) === undefined),
      channel.inFlight[message] === undefined ? null : transport(channel, message, event),
    ];
  });
}

import type { Json } from '@limpet/inspection';
import { type ActorState, isOver, type RunState } from '../store/run-state.ts';

/** What is wrong with a group, from worst to best. */
export const CONDITIONS = ['violated', 'refused', 'waiting', 'unknown', 'well'] as const;

/** What is wrong with a group, from worst to best. */
export type Condition = (typeof CONDITIONS)[number];

/** What to call it. */
export const CONDITION_NAMES: Readonly<Record<Condition, string>> = {
  violated: 'not in force',
  refused: 'refused',
  waiting: 'waiting',
  unknown: 'not verified',
  well: 'in force',
};

/** A group of actors in a line of the fleet. */
export interface Summary {
  readonly group: string;
  readonly condition: Condition;
  /** The actor to look at first. */
  readonly actor: string;
  /** What each kind of actor is: `group enabled`, `3 serving`. */
  readonly parts: readonly string[];
  readonly stickiness: string | undefined;
  readonly desired: number | undefined;
  readonly observed: number | undefined;
  readonly lagMs: number | undefined;
  readonly saw: string | undefined;
}

/** Summarises groups; of a group none of whose actors has changed, the summary is the same object as before. */
export function createFleet(): (state: RunState) => Summary[] {
  const known = new Map<string, { actors: readonly ActorState[]; summary: Summary }>();
  return (state) => {
    const groups = new Map<string, ActorState[]>();
    for (const actor of state.values()) {
      if (actor.group === undefined || isOver(actor)) continue;
      const own = groups.get(actor.group);
      if (own === undefined) groups.set(actor.group, [actor]);
      else own.push(actor);
    }
    return Array.from(groups, ([group, actors]) => {
      const before = known.get(group);
      if (before?.actors.length === actors.length && actors.every((actor, at) => actor === before.actors[at]))
        return before.summary;
      const summary = summarise(group, actors);
      known.set(group, { actors, summary });
      return summary;
    });
  };
}

function summarise(group: string, actors: readonly ActorState[]): Summary {
  const judged = actors
    .map((actor) => ({ actor, condition: conditionOf(actor) }))
    .filter((each): each is { actor: ActorState; condition: Condition } => each.condition !== undefined)
    .sort((one, other) => CONDITIONS.indexOf(one.condition) - CONDITIONS.indexOf(other.condition));
  const [worst] = judged;
  const { id, desired, observed, lagMs } = worst?.actor ?? actors[0]!;
  return {
    group,
    condition: worst?.condition ?? 'unknown',
    actor: id,
    parts: partsOf(actors),
    stickiness: actors.map(({ context }) => valueIn(context, 'stickiness')).find((each) => typeof each === 'string'),
    desired,
    observed,
    lagMs,
    saw: actors.find(({ verdict }) => verdict === 'violated')?.saw,
  };
}

/** What an actor tells of its group; undefined when nothing was asked of it, and nobody looked. */
function conditionOf({ verdict, context, askedAt, ack }: ActorState): Condition | undefined {
  const asked = valueIn(context, 'asked');
  if (verdict === 'violated') return 'violated';
  if (asked === 'refused' || ack === 'refused') return 'refused';
  if (askedAt !== undefined || asked === 'waiting' || valueIn(context, 'waiting') === true) return 'waiting';
  if (verdict === 'holds' || valueIn(context, 'inForce') === 'current' || valueIn(context, 'in force') === true)
    return 'well';
  return verdict;
}

/** One actor of a machine by its name, several counted by their states. */
function partsOf(actors: readonly ActorState[]): string[] {
  return [...Map.groupBy(actors, ({ machine }) => machine)].flatMap(([machine, own]) => {
    const [first] = own;
    if (own.length === 1) return [`${machine} ${leafOf(first!)}`];
    const states = Map.groupBy(own, leafOf);
    return [...states].filter(([state]) => state !== 'gone').map(([state, { length }]) => `${length} ${state}`);
  });
}

/** The name of the innermost active state. */
export function leafOf({ active }: Pick<ActorState, 'active'>): string {
  return [...active].at(-1)?.split('.').at(-1) ?? '';
}

function valueIn(context: Json | undefined, key: string): Json | undefined {
  return typeof context === 'object' && context !== null && !Array.isArray(context) ? context[key] : undefined;
}

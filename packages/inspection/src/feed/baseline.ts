import type { Body, Message } from './messages.ts';

/** The last message of each actor that says what it is: enough to draw it, for those who come late. */
export interface Baseline {
  take(message: Message): void;
  /** Of each actor its beginning, and its last snapshot or transition; in the order of their numbers. */
  messages(): Message[];
}

/** Of more actors than `mostActors`, those that have said nothing for longest are forgotten. */
export function createBaseline(mostActors: number): Baseline {
  const actors = new Map<string, { began?: Message; last?: Message }>();
  return {
    take(message) {
      if (!isOfActor(message)) return;
      const known = actors.get(message.actor) ?? {};
      // Again at the end: a Map keeps its order, so the first is the one that was silent for longest.
      actors.delete(message.actor);
      actors.set(message.actor, message.kind === 'actor' ? { began: message } : { ...known, last: message });
      if (actors.size > mostActors) actors.delete(actors.keys().next().value!);
    },
    messages: () =>
      [...actors.values()]
        .flatMap(({ began, last }) => [began, last].filter((each) => each !== undefined))
        .sort((one, other) => one.seq - other.seq),
  };
}

type OfActor = Extract<Body, { kind: 'actor' | 'snapshot' | 'transition' }>;

const isOfActor = (message: Message): message is Message & OfActor =>
  message.kind === 'actor' || message.kind === 'snapshot' || message.kind === 'transition';

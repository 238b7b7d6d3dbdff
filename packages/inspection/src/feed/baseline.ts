import type { Body, Message } from './messages.ts';

/** What is known of each actor without the messages that are gone: enough to draw it, for those who come late. */
export interface Baseline {
  take(message: Message): void;
  /**
   * Of each actor its beginning, its last snapshot or transition, and its last command, ack and verification; in the order of
   * their numbers.
   */
  messages(): Message[];
}

/** Of more actors than `mostActors`, those that have said nothing for longest are forgotten. */
export function createBaseline(mostActors: number): Baseline {
  const actors = new Map<string, ReadonlyMap<Aspect, Message>>();
  return {
    take(message) {
      const aspect = ASPECTS[message.kind];
      if (aspect === undefined || !('actor' in message) || message.actor === undefined) return;
      const known = actors.get(message.actor) ?? [];
      // Again at the end: a Map keeps its order, so the first is the one that was silent for longest.
      actors.delete(message.actor);
      actors.set(message.actor, new Map(aspect === 'began' ? [[aspect, message]] : [...known, [aspect, message]]));
      if (actors.size > mostActors) actors.delete(actors.keys().next().value!);
    },
    messages: () =>
      [...actors.values()].flatMap((known) => [...known.values()]).sort((one, other) => one.seq - other.seq),
  };
}

/** What a message tells of its actor; a later message about the same takes its place. */
type Aspect = 'began' | 'state' | 'command' | 'ack' | 'verification';

const ASPECTS: Readonly<Partial<Record<Body['kind'], Aspect>>> = {
  actor: 'began',
  snapshot: 'state',
  transition: 'state',
  command: 'command',
  ack: 'ack',
  verification: 'verification',
};

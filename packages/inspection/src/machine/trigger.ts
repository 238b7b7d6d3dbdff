import type { Trigger } from './description.ts';

/** XState's own event types, which say in their name what happened to whom. */
const OWN: readonly (readonly [prefix: string, kind: Trigger['kind'], say: (rest: string) => string])[] = [
  ['xstate.after.', 'after', (rest) => `after ${delayIn(rest)}`],
  ['xstate.done.state.', 'done', () => 'done'],
  ['xstate.done.actor.', 'done', (rest) => `done ${rest}`],
  ['xstate.error.actor.', 'error', (rest) => `error ${rest}`],
  ['xstate.snapshot.', 'snapshot', (rest) => `snapshot ${rest}`],
  ['xstate.route', 'route', () => 'route'],
];

/** What takes the transitions with this event type; the type of `always` is empty. */
export function triggerOf(type: string): Trigger {
  if (type === '') return { kind: 'always', type, name: 'always' };
  if (type === '*') return { kind: 'any', type, name: 'any event' };
  const own = OWN.find(([prefix]) => type.startsWith(prefix));
  if (own === undefined) return { kind: 'event', type, name: type };
  const [prefix, kind, say] = own;
  return { kind, type, name: say(type.slice(prefix.length)) };
}

/** Of `1000.machine.state`, or of the name of a delay. */
function delayIn(rest: string): string {
  const [delay = rest] = rest.split('.');
  return /^\d+$/.test(delay) ? `${delay} ms` : delay;
}

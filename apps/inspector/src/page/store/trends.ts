import type { Message } from '@limpet/inspection';

/** Points of a plot: times in seconds, ascending, and a value at each. */
export interface Points {
  readonly times: number[];
  readonly values: number[];
}

/** What a run's plots show. */
export interface Trends {
  /** At each change that was verified, milliseconds since it was asked for. */
  readonly lag: Points;
  /** At each reload, how many there were until then. */
  readonly reloads: Points;
  take(message: Message): void;
}

/** More points than a plot has pixels say nothing; the oldest go, half of them at a time. */
const MOST_POINTS = 4000;

/** Gathers points as messages come. */
export function createTrends(): Trends {
  const asked = new Map<string, number>();
  const lag: Points = { times: [], values: [] };
  const reloads: Points = { times: [], values: [] };
  let count = 0;
  return {
    lag,
    reloads,
    take(message) {
      if (message.kind === 'command') {
        // Sent again, it still waits since it was first asked for.
        if (!asked.has(message.actor)) asked.set(message.actor, message.at);
      } else if (message.kind === 'verification' && message.verdict === 'holds') {
        const since = asked.get(message.actor);
        asked.delete(message.actor);
        if (since !== undefined) add(lag, message.at, message.at - since);
      } else if (message.kind === 'event' && message.event.type === 'reload') {
        count += typeof message.event.count === 'number' ? message.event.count : 1;
        add(reloads, message.at, count);
      }
    },
  };
}

/** Adds a point. @param at milliseconds */
export function add({ times, values }: Points, at: number, value: number): void {
  times.push(at / 1000);
  values.push(value);
  if (times.length <= MOST_POINTS) return;
  times.splice(0, MOST_POINTS / 2);
  values.splice(0, MOST_POINTS / 2);
}

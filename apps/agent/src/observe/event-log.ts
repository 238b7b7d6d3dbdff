import { Listeners } from './listeners.ts';

/** What happened, by name: the `event` of a server-sent event. */
export type AgentEvent =
  | { type: 'running' }
  | { type: 'stopping' }
  /** A command was accepted. */
  | { type: 'command'; command: string; rules: readonly string[]; generation: number }
  /** A rule came to rest: it is in force, or refused. */
  | { type: 'settled'; rule: string; generation: number; outcome: string; milliseconds: number }
  /** A condition of a rule has changed. */
  | {
      type: 'condition';
      rule: string;
      condition: string;
      status: string;
      reason: string;
      message: string;
      generation: number;
    }
  /** What the input says cannot be applied. */
  | { type: 'input-refused'; message: string }
  /** The router has done to a rule what the model does not allow: a fault of Limpet's. */
  | {
      type: 'model-violated';
      rule: string;
      generation: number;
      step: string;
      reason: string;
      /** What was possible instead. */
      expected: readonly string[];
      /** Some of the states that the rule may have been in, in words. */
      states: readonly Readonly<Record<string, string>>[];
    };

/** An event with its place in the order of all. */
export interface NumberedEvent {
  /** Grows with each event, also over a restart of the agent. */
  sequence: number;
  /** ISO 8601. */
  time: string;
  event: AgentEvent;
}

/** The newest events, for those who were away for a while. */
const kept = 2_000;

/** Events in order, and those who listen. */
export class EventLog {
  readonly #now: () => number;
  readonly #events: NumberedEvent[] = [];
  readonly #listeners = new Listeners();
  #sequence: number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
    // Microseconds: no agent has more than one event in each, so that a later agent goes on above an earlier one.
    this.#sequence = now() * 1000;
  }

  add(event: AgentEvent): void {
    this.#sequence += 1;
    this.#events.push({ sequence: this.#sequence, time: new Date(this.#now()).toISOString(), event });
    if (this.#events.length > kept) this.#events.shift();
    this.#listeners.call();
  }

  /** The number of the newest event. */
  get last(): number {
    return this.#sequence;
  }

  /** The events after a number, and whether there were others between that are not kept any more. */
  after(sequence: number): { events: readonly NumberedEvent[]; lost: boolean } {
    // The clock was ahead when the client heard of an event: the numbers that it knows are still to come.
    if (sequence > this.#sequence) return { events: [...this.#events], lost: true };
    const missing = this.#sequence - sequence;
    const events = missing === 0 ? [] : this.#events.slice(-missing);
    return { events, lost: events.length < missing };
  }

  /** How many listen now. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Calls back when there are events, until the result is called; once for several, where many listen. */
  listen(listener: () => void): () => void {
    return this.#listeners.listen(listener);
  }
}

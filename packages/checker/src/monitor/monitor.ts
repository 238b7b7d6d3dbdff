import { requireModel } from '../contract/require-model.ts';
import type { Model } from '../model.ts';
import { type BeliefId, Beliefs, IMPOSSIBLE, type MonitorLimits, UNSETTLED } from './beliefs.ts';
import { MonitorError } from './errors.ts';
import { type FieldValue, HEARTBEAT, RESET, type TraceRecord, type View } from './view.ts';

/** The first record that shows the system to be wrong, or the model. */
export interface Alarm {
  /** Which record, from 1. */
  readonly line: number;
  readonly record: TraceRecord;
  /**
   * `unexplained`: no execution of the model has this event here. `wrong-heartbeat`: in no possible state can this
   * heartbeat be written. `unsettled`: it fits, but what was asked for is not in force and nothing is left to do.
   */
  readonly reason: 'unexplained' | 'wrong-heartbeat' | 'unsettled';
  /** What was possible instead. */
  readonly expected: {
    readonly events: readonly string[];
    readonly heartbeats: readonly Readonly<Record<string, FieldValue>>[];
  };
  /** Some of the states that the system may have been in before, in words. */
  readonly states: readonly Readonly<Record<string, string>>[];
}

/** How much a monitor has read, and what it remembers. */
export interface MonitorStats {
  readonly records: number;
  /** Beliefs and states remembered now. */
  readonly beliefs: number;
  readonly states: number;
  /** States in the largest belief. */
  readonly largestBelief: number;
}

/** Follows one trace. */
export interface Monitor {
  /** Takes the next record; once it has raised an alarm it answers with that one. */
  next(record: TraceRecord): Alarm | undefined;
  /** Some of the states that the system may be in now, in words. @param most - how many at most */
  states(most: number): readonly Readonly<Record<string, string>>[];
  stats(): MonitorStats;
}

const STATES_IN_ALARM = 3;

/**
 * Follows a trace as the set of states that the system may be in under what the view cannot see. There is no false alarm:
 * as long as one execution of the model explains the trace, the set is not empty. `limits` are 100,000 states in a belief
 * and 20 million remembered numbers (some 100 MB) when not given.
 *
 * @throws CheckerError `CHECKER_BAD_MODEL`; while it follows, `CHECKER_TOO_MANY_SUCCESSORS`, `CHECKER_NOT_DETERMINISTIC`.
 */
export function createMonitor(model: Model, view: View, limits: Partial<MonitorLimits> = {}): Monitor {
  return new BeliefMonitor(view, new Beliefs(requireModel(model), view, { ...DEFAULT_LIMITS, ...limits }));
}

/**
 * Makes monitors of one model that share what they have learnt of it, for many traces at once. What is shared is not
 * forgotten: it is for models that are small.
 *
 * @throws as {@link createMonitor}; while they follow, MonitorError `MONITOR_TOO_LARGE` also when what is remembered has
 * reached its limit
 */
export function createMonitors(model: Model, view: View, limits: Partial<MonitorLimits> = {}): () => Monitor {
  const beliefs = new Beliefs(requireModel(model), view, { ...DEFAULT_LIMITS, ...limits });
  return () => new BeliefMonitor(view, beliefs, true);
}

const DEFAULT_LIMITS: MonitorLimits = { belief: 100_000, remembered: 20_000_000 };

class BeliefMonitor implements Monitor {
  readonly #view: View;
  readonly #beliefs: Beliefs;
  readonly #shares: boolean;
  #belief: BeliefId;
  #records = 0;
  #alarm: Alarm | undefined;

  constructor(view: View, beliefs: Beliefs, shares = false) {
    this.#view = view;
    this.#beliefs = beliefs;
    this.#shares = shares;
    this.#belief = beliefs.start();
  }

  next(record: TraceRecord): Alarm | undefined {
    if (this.#alarm !== undefined) return this.#alarm;
    this.#records++;
    const beliefs = this.#beliefs;
    if (record.event === RESET) {
      this.#belief = beliefs.start();
      return undefined;
    }
    const symbol =
      record.event === HEARTBEAT
        ? beliefs.heartbeatSymbol(this.#belief, this.#fieldsOf(record))
        : beliefs.eventSymbol(this.#belief, record.event);
    const next = beliefs.next(this.#belief, symbol);
    if (next === IMPOSSIBLE || next === UNSETTLED) {
      this.#alarm = this.#raise(record, next === UNSETTLED);
      return this.#alarm;
    }
    this.#belief = beliefs.isFull ? this.#forgetAllBut(next) : next;
    return undefined;
  }

  #forgetAllBut(belief: BeliefId): BeliefId {
    if (!this.#shares) return this.#beliefs.forget(belief);
    throw new MonitorError(
      'MONITOR_TOO_LARGE',
      'monitors that share what they remember have learnt too much; give each its own, or raise the limit',
    );
  }

  states(most: number): readonly Readonly<Record<string, string>>[] {
    return this.#beliefs.describe(this.#belief, most);
  }

  stats(): MonitorStats {
    const { count, states, largest } = this.#beliefs;
    return { records: this.#records, beliefs: count, states, largestBelief: largest };
  }

  #fieldsOf(record: TraceRecord): string {
    return JSON.stringify(this.#view.heartbeatFields.map((field) => record[field] ?? null));
  }

  #raise(record: TraceRecord, unsettled: boolean): Alarm {
    const heartbeats = this.#beliefs.heartbeatsFrom(this.#belief).map((json): Record<string, FieldValue> => {
      const values: readonly FieldValue[] = JSON.parse(json);
      return Object.fromEntries(this.#view.heartbeatFields.map((field, at) => [field, values[at] ?? null]));
    });
    return {
      line: this.#records,
      record,
      reason: unsettled ? 'unsettled' : record.event === HEARTBEAT ? 'wrong-heartbeat' : 'unexplained',
      expected: { events: this.#beliefs.eventsFrom(this.#belief), heartbeats },
      states: this.#beliefs.describe(this.#belief, STATES_IN_ALARM),
    };
  }
}

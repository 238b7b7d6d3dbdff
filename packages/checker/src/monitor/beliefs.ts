import { isQuiescent, isSystemStep } from '../contract/answers.ts';
import type { Model } from '../model.ts';
import { StateIndex } from '../state-index.ts';
import { createSuccessorWriter, type SuccessorWriter } from '../successors/successors.ts';
import { MonitorError } from './errors.ts';
import { StateSet } from './state-set.ts';
import type { View } from './view.ts';

/** How much the monitor keeps. */
export interface MonitorLimits {
  /** States in one belief. More: the trace tells too little, error `MONITOR_TOO_LARGE`. */
  readonly belief: number;
  /** States and belief entries that are remembered. More: they are forgotten, and learnt again as the trace goes on. */
  readonly remembered: number;
}

/** A set of states that the system may be in, numbered. */
export type BeliefId = number;

interface StepsOfState {
  /** Where hidden steps lead. */
  readonly hidden: Int32Array;
  /** (symbol, target) of each visible step. */
  readonly visible: Int32Array;
}

const HIDDEN = -1;
const UNKNOWN = -1;
/** No execution goes on like that. */
export const IMPOSSIBLE = -2;
/** The heartbeat fits, but what was asked for is not in force although nothing is left to do. */
export const UNSETTLED = -3;

/**
 * The subset construction, done as far as traces need it and remembered: beliefs are closed under hidden steps, and
 * a known (belief, event) costs one table look-up.
 */
export class Beliefs {
  readonly #model: Model;
  readonly #view: View;
  readonly #limits: MonitorLimits;
  readonly #successors: SuccessorWriter;
  /** Numbers of visible names and of heartbeats; they outlive {@link Beliefs.forget}. */
  readonly #symbols = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #symbolOfLabel = new Map<number, number>();
  #index: StateIndex;
  #steps: (StepsOfState | undefined)[] = [];
  readonly #gathered = new StateSet();
  #members: Int32Array[] = [];
  #rows: Int32Array[] = [];
  #byContent = new Map<string, BeliefId>();
  #entries = 0;
  largest = 0;

  constructor(model: Model, view: View, limits: MonitorLimits) {
    this.#model = model;
    this.#view = view;
    this.#limits = limits;
    this.#index = new StateIndex(model.words);
    this.#successors = createSuccessorWriter(model);
  }

  get count(): number {
    return this.#members.length;
  }

  get states(): number {
    return this.#index.size;
  }

  get isFull(): boolean {
    return this.#index.size + this.#entries > this.#limits.remembered;
  }

  /** The belief before the first event. */
  start(): BeliefId {
    this.#gathered.clear();
    for (const state of this.#model.initial) this.#gathered.add(this.#index.add(Uint32Array.from(state), 0));
    return this.#intern();
  }

  /** The belief after a symbol, {@link IMPOSSIBLE} or {@link UNSETTLED}; `undefined` is a symbol that was not seen before. */
  next(belief: BeliefId, symbol: number | undefined): BeliefId {
    if (symbol === undefined) return IMPOSSIBLE;
    const known = this.#rows[belief]![symbol];
    return known !== undefined && known !== UNKNOWN ? known : this.#learn(belief, symbol);
  }

  /** The number of an event, looked for among the steps possible now when it is new. */
  eventSymbol(belief: BeliefId, name: string): number | undefined {
    const symbol = this.#symbols.get(name);
    if (symbol !== undefined) return symbol;
    for (const id of this.#members[belief]!) this.#stepsOf(id);
    return this.#symbols.get(name);
  }

  /** The number of a heartbeat whose compared fields, as JSON, are `fields`. */
  heartbeatSymbol(belief: BeliefId, fields: string): number | undefined {
    const symbol = this.#symbols.get(HEARTBEAT_MARK + fields);
    if (symbol !== undefined) return symbol;
    for (const id of this.#members[belief]!) this.#heartbeatOf(id);
    return this.#symbols.get(HEARTBEAT_MARK + fields);
  }

  /** Names of the events that are possible in a belief. */
  eventsFrom(belief: BeliefId): string[] {
    const names = new Set<string>();
    for (const id of this.#members[belief]!) {
      const { visible } = this.#stepsOf(id);
      for (let at = 0; at < visible.length; at += 2) names.add(this.#names[visible[at]!]!);
    }
    return [...names].sort();
  }

  /** The compared fields, as JSON, of the heartbeats that are possible in a belief. */
  heartbeatsFrom(belief: BeliefId): string[] {
    const found = new Set<string>();
    for (const id of this.#members[belief]!) {
      const symbol = this.#heartbeatOf(id);
      if (symbol !== HIDDEN) found.add(this.#names[symbol]!.slice(HEARTBEAT_MARK.length));
    }
    return [...found].sort();
  }

  /** States of a belief in words, `most` at the most. */
  describe(belief: BeliefId, most: number): Readonly<Record<string, string>>[] {
    return Array.from(this.#members[belief]!.subarray(0, most), (id) =>
      this.#model.describeState(this.#index.states, id * this.#model.words),
    );
  }

  /** Forgets all but one belief, and gives its new number. */
  forget(belief: BeliefId): BeliefId {
    const { words } = this.#model;
    const old = this.#index.states;
    const members = this.#members[belief]!;
    this.#index = new StateIndex(words);
    this.#steps = [];
    this.#members = [];
    this.#rows = [];
    this.#byContent = new Map();
    this.#entries = 0;
    this.#gathered.clear();
    for (const id of members) this.#gathered.add(this.#index.add(old, id * words));
    return this.#intern();
  }

  #learn(belief: BeliefId, symbol: number): BeliefId {
    const next = this.#names[symbol]!.startsWith(HEARTBEAT_MARK)
      ? this.#afterHeartbeat(belief, symbol)
      : this.#afterEvent(belief, symbol);
    let row = this.#rows[belief]!;
    if (symbol >= row.length) {
      const wider = new Int32Array(this.#names.length).fill(UNKNOWN);
      wider.set(row);
      this.#entries += wider.length - row.length;
      row = wider;
      this.#rows[belief] = row;
    }
    row[symbol] = next;
    return next;
  }

  #afterEvent(belief: BeliefId, symbol: number): BeliefId {
    this.#gathered.clear();
    for (const id of this.#members[belief]!) {
      const { visible } = this.#stepsOf(id);
      for (let at = 0; at < visible.length; at += 2) {
        if (visible[at] === symbol) this.#gathered.add(visible[at + 1]!);
      }
    }
    return this.#gathered.size === 0 ? IMPOSSIBLE : this.#intern();
  }

  #afterHeartbeat(belief: BeliefId, symbol: number): BeliefId {
    const fitting = this.#members[belief]!.filter((id) => this.#heartbeatOf(id) === symbol);
    if (fitting.length === 0) return IMPOSSIBLE;
    if (fitting.every((id) => this.#isStuckUnsettled(id))) return UNSETTLED;
    this.#gathered.clear();
    for (const id of fitting) this.#gathered.add(id);
    return this.#intern();
  }

  /** Nothing happens by itself any more, and yet not everything that was asked for is in force. */
  #isStuckUnsettled(id: number): boolean {
    const at = id * this.#model.words;
    if (isQuiescent(this.#model, this.#index.states, at)) return false;
    const { out } = this.#successors;
    this.#successors.write(this.#index.states, at);
    for (let step = 0; step < out.count; step++) {
      if (isSystemStep(this.#model, out.labels[step]!)) return false;
    }
    return true;
  }

  /** The belief of the gathered states and of all that hidden steps lead to. */
  #intern(): BeliefId {
    const gathered = this.#gathered;
    for (let at = 0; at < gathered.size; at++) {
      for (const target of this.#stepsOf(gathered.at(at)).hidden) gathered.add(target);
      if (gathered.size > this.#limits.belief) {
        throw new MonitorError(
          'MONITOR_TOO_LARGE',
          `more than ${this.#limits.belief} states fit the trace up to here; log more of the steps that the view hides, or raise the limit`,
        );
      }
    }
    const members = gathered.sorted();
    const content = Buffer.from(members.buffer).toString('latin1');
    const known = this.#byContent.get(content);
    if (known !== undefined) return known;
    const belief = this.#members.length;
    this.#byContent.set(content, belief);
    this.#members.push(members);
    this.#rows.push(new Int32Array(this.#names.length).fill(UNKNOWN));
    this.#entries += 2 * members.length + this.#names.length;
    this.largest = Math.max(this.largest, members.length);
    return belief;
  }

  #stepsOf(id: number): StepsOfState {
    const known = this.#steps[id];
    if (known !== undefined) return known;
    const { words } = this.#model;
    const { out } = this.#successors;
    const { labels, states } = out;
    this.#successors.write(this.#index.states, id * words);
    const hidden = new Set<number>();
    const visible: number[] = [];
    for (let at = 0; at < out.count; at++) {
      const symbol = this.#symbolOf(labels[at]!);
      const target = this.#index.add(states, at * words);
      if (symbol === HIDDEN) hidden.add(target);
      else visible.push(symbol, target);
    }
    const steps = { hidden: Int32Array.from(hidden), visible: Int32Array.from(visible) };
    this.#entries += hidden.size + visible.length;
    this.#steps[id] = steps;
    return steps;
  }

  #symbolOf(label: number): number {
    const known = this.#symbolOfLabel.get(label);
    if (known !== undefined) return known;
    const name = this.#view.eventOf(label);
    const symbol = name === undefined ? HIDDEN : this.#symbolNamed(name);
    this.#symbolOfLabel.set(label, symbol);
    return symbol;
  }

  #heartbeatOf(id: number): number {
    const fields = this.#view.heartbeatOf(this.#index.states, id * this.#model.words);
    return fields === undefined ? HIDDEN : this.#symbolNamed(HEARTBEAT_MARK + JSON.stringify(fields));
  }

  #symbolNamed(name: string): number {
    const known = this.#symbols.get(name);
    if (known !== undefined) return known;
    const symbol = this.#names.length;
    this.#symbols.set(name, symbol);
    this.#names.push(name);
    return symbol;
  }
}

/** Heartbeats are symbols too; no event can be called like that, JSON has no line feed outside of strings. */
const HEARTBEAT_MARK = '\n';

/**
 * What the checker explores: a finite transition system over packed states. It knows nothing of what the states mean;
 * the model describes them in words where people read them.
 *
 * @module
 */

/** Who takes a step. Liveness is about what happens when `environment` and `fault` have stopped. */
export type StepKind = 'system' | 'environment' | 'fault';

/** A property of every reachable state. */
export interface InvariantInfo {
  name: string;
  /** One sentence, in words of the domain. */
  sentence: string;
  /** Bugs of real systems that it forbids, such as `apache/cloudstack#9583`. */
  upstream: readonly string[];
}

/** Where a model writes the successors of a state; made once, filled again and again. */
export interface Successors {
  /** `count` states of `words` words each, one after the other. */
  readonly states: Uint32Array;
  /** The label of the step to each of them. */
  readonly labels: Uint32Array;
  count: number;
}

/** Where a model writes the numbers of the states that one leads to; made once, filled again and again. */
export interface Targets {
  readonly numbers: Uint32Array;
  count: number;
}

/**
 * For a model whose states can be numbered with few gaps: the checker then looks a state up by its number, in a bit map,
 * several times as fast as in a hash table. All states here are canonical.
 */
export interface Numbering {
  /** Numbers are 0 to `size - 1`, below 2 ** 31. Some may belong to no state that is reached. */
  readonly size: number;
  /** The number of the state at `states[at]`; different for different states. */
  rank(states: Uint32Array, at: number): number;
  /** The inverse of `rank`: writes the state that has this number at `states[at]`. */
  unrank(number: number, states: Uint32Array, at: number): void;
  /**
   * Writes the number of each state that a step leads to, at least once; a state's own may be left out.
   *
   * @returns how many steps there are, as `successors` counts them.
   */
  targets(states: Uint32Array, at: number, out: Targets): number;
  /** The same, of steps of the system only. */
  systemTargets(states: Uint32Array, at: number, out: Targets): number;
}

/** A step in words. */
export interface StepInfo {
  /** The lane (component) that takes it. */
  lane: string;
  text: string;
}

/** A finite transition system. Everything must be deterministic, and the hot functions must not allocate. */
export interface Model {
  readonly name: string;
  /** Unsigned 32-bit words of a state, 1 to 4. */
  readonly words: number;
  readonly initial: readonly (readonly number[])[];
  /** Upper bound of the steps from one state, 1 to 65,535; more are the error `CHECKER_TOO_MANY_SUCCESSORS`. */
  readonly maxSuccessors: number;
  /**
   * Appends every step from `states[at .. at + words)` to `out`, whose `count` is 0 before; self-loops and double ones
   * too: the count of transitions is compared with other checkers. Under symmetry the states are canonical.
   */
  successors(states: Uint32Array, at: number, out: Successors): void;
  /**
   * Only under symmetry: the steps that `successors` writes, in the same order, but every component stays in its lane.
   * Both take any state, canonical or not. Runs are shown to people by it.
   */
  successorsInPlace?(states: Uint32Array, at: number, out: Successors): void;
  /** Says the same as `successors`, faster. */
  readonly numbering?: Numbering;
  /** Bit i is set when invariant i does not hold; at most 32 invariants. */
  violations(states: Uint32Array, at: number): number;
  readonly invariants: readonly InvariantInfo[];
  /**
   * True when everything that was asked for is in force, so that nothing is left to do (quiescent, as in ioco). A state in
   * which nothing more happens by itself has to be quiescent; liveness is that the system, left alone, comes to such a
   * state.
   */
  quiescent(states: Uint32Array, at: number): boolean;
  kindOf(label: number): StepKind;
  describeStep(label: number): StepInfo;
  /** Lane by lane, in a fixed order. */
  describeState(states: Uint32Array, at: number): Readonly<Record<string, string>>;
}

/** How a worker thread gets the same model: a module, the name of a factory in it, and its JSON options. */
export interface ModelSource {
  /** A file URL. */
  module: string;
  factory: string;
  options: unknown;
}

import { CheckerError } from '../errors.ts';
import { maxInvariants } from '../findings.ts';
import type { Model } from '../model.ts';

/** What a member of a model has to be: in words, and how to see that it is. */
interface Member {
  readonly is: string;
  fits(value: unknown): boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isBetween = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || value instanceof Uint32Array;

const text: Member = { is: 'a text', fits: (value) => typeof value === 'string' };
const called = (signature: string): Member => ({
  is: `a function ${signature}`,
  fits: (value) => typeof value === 'function',
});
const optional = ({ is, fits }: Member): Member => ({
  is: `${is}, or left out`,
  fits: (value) => value === undefined || fits(value),
});

const members: Readonly<Record<keyof Model, Member>> = {
  name: text,
  words: { is: 'the number of 32-bit words of a state, 1 to 4', fits: (value) => isBetween(value, 1, 4) },
  initial: {
    is: 'a list of at least one initial state, each a list of `words` numbers, such as [[0]]',
    fits: (value) => isList(value) && value.length > 0,
  },
  maxSuccessors: {
    is: 'the most steps that a state has, 1 to 65535',
    fits: (value) => isBetween(value, 1, 2 ** 16 - 1),
  },
  successors: called('(states, at, out) that appends the steps from a state to out'),
  successorsInPlace: optional(called('(states, at, out)')),
  numbering: optional({ is: 'an object with size, rank, unrank, targets and systemTargets', fits: isObject }),
  violations: called('(states, at) that gives a bit for each invariant that does not hold'),
  invariants: {
    is: `a list of at most ${maxInvariants} objects with name, sentence and upstream`,
    fits: (value) => Array.isArray(value) && value.length <= maxInvariants,
  },
  quiescent: called('(states, at) that says whether nothing is left to do'),
  kindOf: called("(label) that gives 'system', 'environment' or 'fault'"),
  describeStep: called('(label) that gives the lane and the text of a step'),
  describeState: called('(states, at) that gives the text of each lane'),
};

const invariantMembers: Readonly<Record<string, Member>> = {
  name: text,
  sentence: text,
  upstream: { is: 'a list of references, may be empty', fits: Array.isArray },
};

const numberingMembers: Readonly<Record<string, Member>> = {
  size: { is: 'a number from 1 to 2147483647', fits: (value) => isBetween(value, 1, 2 ** 31 - 1) },
  rank: called('(states, at)'),
  unrank: called('(number, states, at)'),
  targets: called('(states, at, out)'),
  systemTargets: called('(states, at, out)'),
};

/**
 * The model itself, once each of its members is known to be there and to be what the checker needs. Every function that
 * takes a model from outside begins here.
 *
 * @throws CheckerError `CHECKER_BAD_MODEL`; the message names the member, what it is, and what it should be.
 */
export function requireModel(model: Model): Model {
  const value: unknown = model;
  if (!isObject(value)) throw badModel(`a model is an object, and this is ${shown(value)}`);
  const name = typeof value.name === 'string' ? value.name : 'the model';
  if (isMachine(value)) {
    throw badModel(
      'this is a state machine, not a model: a model packs each state of the machine into words, and its successors writes where the events lead',
    );
  }
  requireMembers(name, '', value, members);
  for (const [i, state] of [...model.initial].entries()) requireState(name, `initial[${i}]`, state, model.words);
  for (const [i, invariant] of model.invariants.entries()) {
    requireMembers(name, `invariants[${i}].`, invariant, invariantMembers);
  }
  if (model.numbering) requireMembers(name, 'numbering.', model.numbering, numberingMembers);
  return model;
}

/** A machine of XState, or its configuration: both have states, and no words. */
const isMachine = (value: Record<string, unknown>): boolean =>
  value.words === undefined && isObject(value.states) && value.successors === undefined;

function requireMembers(name: string, path: string, value: unknown, of: Readonly<Record<string, Member>>): void {
  for (const [key, { is, fits }] of Object.entries(of)) {
    const member = isObject(value) ? value[key] : undefined;
    if (!fits(member)) throw badModel(`${name}: ${path}${key} must be ${is}, and is ${shown(member)}`);
  }
}

function requireState(name: string, path: string, state: unknown, words: number): void {
  const isState =
    isList(state) && state.length === words && Array.from(state).every((word) => isBetween(word, 0, 2 ** 32 - 1));
  if (isState) return;
  throw badModel(
    `${name}: ${path} must be a state, a list of ${words} whole numbers (\`words\`) from 0 to 4294967295, and is ${shown(state)}`,
  );
}

/** A value as a message names it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'function') return 'a function';
  if (isList(value))
    return value.length <= 4 ? `[${Array.from(value, shown).join(', ')}]` : `a list of ${value.length}`;
  return isObject(value) ? 'an object' : typeof value === 'string' ? `'${value}'` : String(value);
}

/** The error that says what of a model is wrong. */
export const badModel = (what: string): CheckerError =>
  new CheckerError('CHECKER_BAD_MODEL', `${what}. The README of @limpet/checker begins with a whole model`);

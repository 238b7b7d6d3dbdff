import { isDeepStrictEqual } from 'node:util';
import type { Algorithm, AppCookie, LbCookie, MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';
import type { Random } from '@limpet/data-plane';
import { bindsByCookie } from '../clients/client.ts';
import { type Operation, type OperationKind, operationKinds } from './operations.ts';
import { newMember, newRule, type StormState } from './storm-state.ts';

/**
 * How often each kind is drawn. Autoscaling is what a router sees most of; a table's parameters are what is left that
 * needs a reload besides bind, balance and cookies.
 */
const weights: Record<OperationKind, number> = {
  scaleUp: 20,
  scaleDown: 20,
  drain: 12,
  undrain: 12,
  weight: 12,
  maintenance: 8,
  ready: 8,
  stickiness: 18,
  stickinessParameters: 2,
  lbCookie: 4,
  appCookie: 4,
  noCookie: 2,
  algorithm: 12,
  addRule: 10,
  removeRule: 10,
};

/** Kinds that only a reload can bring about in HAProxy: `bind`, `balance` and `cookie`. */
const reloadKinds: ReadonlySet<OperationKind> = new Set([
  'algorithm',
  'addRule',
  'removeRule',
  'lbCookie',
  'appCookie',
  'noCookie',
]);
/** The other kinds. The Runtime API can make them, except for the parameters of a stick table. */
export const runtimeKinds: readonly OperationKind[] = operationKinds.filter((kind) => !reloadKinds.has(kind));

const algorithms: readonly Algorithm[] = ['roundrobin', 'leastconn', 'source'];
/** CloudStack's default, and two that differ from it in one parameter each. */
const tables = [
  { tableSize: 204_800, expireSeconds: 1800 },
  { tableSize: 102_400, expireSeconds: 1800 },
  { tableSize: 204_800, expireSeconds: 3600 },
] as const;

/** Each differs from the one before by what a browser or a table is told. */
const lbCookies: readonly LbCookie[] = [false, true].map((nocache) => ({
  method: 'LbCookie',
  cookieName: 'lb',
  mode: 'insert',
  nocache,
  indirect: true,
  postonly: false,
  domains: [],
}));
const appCookies: readonly AppCookie[] = [10_800, 3600].map((holdTimeSeconds) => ({
  method: 'AppCookie',
  cookieName: 'session',
  length: 52,
  holdTimeSeconds,
  requestLearn: false,
}));
/** What differs from a member's equal share can be told from it by a dozen connections. */
const weightsOfMembers = [1, 4, 16] as const;

/**
 * Draws an operation of one of `kinds` that `state` allows on a rule that is not among `busy`. Pure but for `random`: the
 * same state and the same numbers give the same operation.
 *
 * @returns undefined when there is none
 */
export function nextOperation(
  state: StormState,
  random: Random,
  busy: ReadonlySet<number> = new Set(),
  kinds: readonly OperationKind[] = operationKinds,
): Operation | undefined {
  const rules = [...state.rules.values()].filter(({ port }) => !busy.has(port));
  const possible = kinds.flatMap((kind) => {
    const candidates = candidatesFor(kind, state, rules);
    return candidates.length > 0 ? [{ kind, candidates }] : [];
  });
  const total = possible.reduce((sum, { kind }) => sum + weights[kind], 0);
  let left = random() * total;
  const drawn = possible.find(({ kind }) => {
    left -= weights[kind];
    return left < 0;
  });
  return drawn && change(drawn.kind, pick(drawn.candidates, random), state, random);
}

/** The rules that a kind can be done to; for a new one, itself. */
function candidatesFor(kind: OperationKind, state: StormState, rules: readonly RuleRecord[]): readonly RuleRecord[] {
  const { size } = state;
  switch (kind) {
    case 'scaleUp':
      return rules.filter(({ members }) => members.length < size.members + 3);
    case 'scaleDown':
      return rules.filter(({ members }) => members.length > Math.max(2, size.members - 3));
    case 'drain':
    case 'maintenance':
      return rules.filter(({ members }) => serving(members).length > 2);
    case 'undrain':
      return rules.filter(({ members }) => inStates(members, 'draining').length > 0);
    case 'ready':
      return rules.filter(({ members }) => inStates(members, 'maintenance').length > 0);
    case 'stickinessParameters':
      return rules.filter(({ stickiness }) => stickiness.method === 'SourceBased');
    case 'stickiness':
      return rules.filter((rule) => !bindsByCookie(rule));
    case 'lbCookie':
    case 'appCookie':
      return rules.filter(({ protocol }) => protocol === 'http');
    case 'noCookie':
      return rules.filter(bindsByCookie);
    case 'algorithm':
    case 'weight':
      return rules;
    case 'addRule':
      return state.rules.size < size.rules + 5 ? [newRule(state)] : [];
    case 'removeRule':
      return state.rules.size > Math.max(1, size.rules - 5) ? rules : [];
  }
}

function change(kind: OperationKind, rule: RuleRecord, state: StormState, random: Random): Operation {
  const { port } = rule;
  if (kind === 'addRule') return { kind, port, before: undefined, after: rule };
  if (kind === 'removeRule') return { kind, port, before: rule, after: undefined };
  return { kind, port, before: rule, after: { ...rule, ...changed(kind, rule, state, random) } };
}

function changed(
  kind: Exclude<OperationKind, 'addRule' | 'removeRule'>,
  { members, stickiness, algorithm }: RuleRecord,
  state: StormState,
  random: Random,
): Partial<RuleRecord> {
  switch (kind) {
    case 'scaleUp':
      return { members: [...members, newMember(state)] };
    case 'scaleDown':
      return { members: without(members, pick(leavable(members), random)) };
    case 'drain':
      return { members: inState(members, pick(serving(members), random), 'draining') };
    case 'undrain':
      return { members: inState(members, pick(inStates(members, 'draining'), random), 'serving') };
    case 'maintenance':
      return { members: inState(members, pick(serving(members), random), 'maintenance') };
    case 'ready':
      return { members: inState(members, pick(inStates(members, 'maintenance'), random), 'serving') };
    case 'weight': {
      const { vm, weight: before = 1 } = pick(serving(members), random);
      const options = weightsOfMembers.filter((other) => other !== before);
      const weight = pick(options, random);
      return { members: members.map((member) => (member.vm === vm ? { ...member, weight } : member)) };
    }
    case 'stickiness':
      return { stickiness: stickiness.method === 'none' ? sourceBased(0) : { method: 'none' } };
    case 'stickinessParameters':
      return {
        stickiness: another(
          stickiness,
          tables.map((_, table) => sourceBased(table)),
          random,
        ),
      };
    case 'lbCookie':
      return { stickiness: another(stickiness, lbCookies, random) };
    case 'appCookie':
      return { stickiness: another(stickiness, appCookies, random) };
    case 'noCookie':
      return { stickiness: { method: 'none' } };
    case 'algorithm':
      return {
        algorithm: pick(
          algorithms.filter((other) => other !== algorithm),
          random,
        ),
      };
  }
}

const inStates = (members: readonly MemberRecord[], ...states: MemberRecord['state'][]): MemberRecord[] =>
  members.filter(({ state }) => states.includes(state));
const serving = (members: readonly MemberRecord[]): MemberRecord[] => inStates(members, 'serving');

/** Members that can leave so that two others go on serving. */
const leavable = (members: readonly MemberRecord[]): readonly MemberRecord[] =>
  serving(members).length > 2 ? members : inStates(members, 'draining', 'maintenance');

const without = (members: readonly MemberRecord[], gone: MemberRecord): MemberRecord[] =>
  members.filter(({ vm }) => vm !== gone.vm);

const inState = (
  members: readonly MemberRecord[],
  { vm }: MemberRecord,
  state: MemberRecord['state'],
): MemberRecord[] => members.map((member) => (member.vm === vm ? { ...member, state } : member));

const sourceBased = (table: number): Stickiness => ({ method: 'SourceBased', ...tables[table]! });

const another = (now: Stickiness, options: readonly Stickiness[], random: Random): Stickiness =>
  pick(
    options.filter((option) => !isDeepStrictEqual(option, now)),
    random,
  );

const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)]!;

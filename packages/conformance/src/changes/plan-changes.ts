/**
 * Test selection of the suite `changes`: its goals are what a router can do, and not what the model can.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import { createRandom, type Random } from '@limpet/data-plane';
import { ipOfGroup } from '../concretize/concrete-rule.ts';
import { DRIFT_KINDS, type DriftKind } from './drifts.ts';
import { changeOf, FIELD_NAMES, type FieldName, PORTS, plainRule } from './fields.ts';
import type { Operation, PlannedOperation } from './operation.ts';
import type { StepKind } from './steps-seen.ts';

/** A planned suite of operations. */
export interface ChangesPlan {
  /** Names of the goals: `set-addr`, `set-addr, then reload`, `networks`, `networks and protocol`, `drift: ...`. */
  readonly goals: ReadonlySet<string>;
  /** Each path begins on an empty disk. */
  readonly paths: readonly (readonly PlannedOperation[])[];
}

/** The same seed gives the same plan. */
const SEED = 10;
/** Operations of a path: a failure is found again from the path's beginning. */
const PATH_LENGTH = 40;

/** The step of a router that a field alone makes necessary. */
const STEP_OF_FIELD: Readonly<Partial<Record<FieldName, StepKind>>> = {
  'a member joins': 'add-server',
  'a member leaves': 'set-maint',
  'the weight of a member': 'set-weight',
  'the port of a member': 'set-addr',
  'the address of a member': 'set-addr',
  'a member into maintenance': 'set-maint',
  'a member back from maintenance': 'set-ready',
  'a member begins to drain': 'set-weight',
  'a member drains no more': 'set-weight',
  'stickiness begins': 'set-map',
  'stickiness ends': 'set-map',
  'fewer connections': 'set-maxconn',
  'more connections': 'set-maxconn',
  algorithm: 'reload',
  'the health check': 'reload',
};

const STEP_OF_DRIFT: Readonly<Partial<Record<DriftKind, StepKind>>> = {
  'a server that is not checked': 'enable-health',
  'a frontend that is disabled': 'enable-frontend',
};

/** Fields of which one rule can change only one at a time. */
const EXCLUSIVE: readonly (readonly FieldName[])[] = [
  [
    'stickiness begins',
    'stickiness ends',
    'the parameters of the stick table',
    'stickiness by cookie',
    'stickiness by cookie ends',
  ],
  ['fewer connections', 'more connections'],
];

/** Plans the suite: each step of a router alone and after each other, each field alone and with each other, each drift. */
export function planChanges(): ChangesPlan {
  const planner = new Planner(createRandom(SEED));
  planner.drifts();
  planner.fields();
  planner.fieldPairs();
  planner.stepPairs();
  return { goals: planner.goals, paths: planner.paths() };
}

/** A rule without members has few fields to change: this one is changed alone, and not in between either. */
const PAIRED = FIELD_NAMES.filter((field) => field !== 'all members leave');

const pairOf = (one: string, other: string): string => [one, other].sort().join(' and ');
const clone = (rule: RuleRecord): string => JSON.stringify(rule);

class Planner {
  readonly goals = new Set<string>();
  readonly #random: Random;
  readonly #rules = PORTS.map((port) => plainRule(ipOfGroup(0), port));
  /** Each operation with the rules as they were before it. */
  readonly #taken: { planned: PlannedOperation; before: readonly RuleRecord[] }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  drifts(): void {
    for (const kind of DRIFT_KINDS) this.#drift(kind, [`drift: ${kind}`]);
    this.#take({ do: 'settings', clientTimeoutSeconds: 51 }, 'the router is started with another time-out', [
      'other settings, then reload',
    ]);
  }

  fields(): void {
    this.#meet(new Map(FIELD_NAMES.map((field) => [field, [field]])));
    for (const at of PORTS.keys()) while (this.#rules[at]!.members.length < 3) this.#change(at, ['a member joins'], []);
  }

  fieldPairs(): void {
    const pairs = new Map<string, readonly FieldName[]>();
    for (const [at, one] of PAIRED.entries())
      for (const other of PAIRED.slice(at + 1))
        if (!EXCLUSIVE.some((group) => group.includes(one) && group.includes(other)))
          pairs.set(pairOf(one, other), [one, other]);
    this.#meet(pairs);
  }

  /** Every step after every other: greedily the next step that was not taken after the last one. */
  stepPairs(): void {
    const makers = new Map<StepKind, (() => boolean)[]>();
    const add = (kind: StepKind, make: () => boolean) => makers.set(kind, [...(makers.get(kind) ?? []), make]);
    let last: StepKind | undefined;
    const goalsOf = (kind: StepKind) => (last === undefined ? [kind] : [kind, `${last}, then ${kind}`]);
    for (const [field, kind] of Object.entries(STEP_OF_FIELD) as [FieldName, StepKind][])
      add(kind, () => this.#change(this.#any(this.#rules.length), [field], goalsOf(kind)));
    for (const [drift, kind] of Object.entries(STEP_OF_DRIFT) as [DriftKind, StepKind][])
      add(kind, () => this.#drift(drift, goalsOf(kind)));
    add('start', () => this.#take({ do: 'restart' }, 'the host is started anew', goalsOf('start')));
    const kinds = [...makers.keys()];
    const open = new Map(kinds.map((kind) => [kind, new Set(kinds)]));
    for (let left = kinds.length ** 2, tries = 0; left > 0 && tries < 10_000; tries++) {
      const after: ReadonlySet<StepKind> = last === undefined ? new Set(kinds) : open.get(last)!;
      const wanted = (after.size > 0 ? [...after] : kinds).sort((a, b) => open.get(b)!.size - open.get(a)!.size);
      const next = wanted[tries % 3 === 2 ? this.#any(wanted.length) : 0]!;
      const ways = makers.get(next)!;
      if (!ways[this.#any(ways.length)]!() && !this.#change(this.#any(3), [PAIRED[this.#any(9)]!], [])) continue;
      const took = this.#taken.at(-1)!.planned.goals[0];
      if (took !== next) {
        last = undefined;
        continue;
      }
      if (last !== undefined && open.get(last)!.delete(next)) left -= 1;
      last = next;
    }
    for (const one of kinds) for (const other of kinds) this.goals.add(`${one}, then ${other}`);
  }

  /** Cut into paths, each of which begins with a full set. */
  paths(): PlannedOperation[][] {
    const paths: PlannedOperation[][] = [];
    for (let at = 0; at < this.#taken.length; at += PATH_LENGTH) {
      const begin: PlannedOperation = {
        operation: { do: 'sync', rules: this.#taken[at]!.before },
        sentence: 'the router is sent a full set',
        goals: [],
      };
      paths.push([begin, ...this.#taken.slice(at, at + PATH_LENGTH).map(({ planned }) => planned)]);
    }
    return paths;
  }

  /** Changes these fields together, on whichever rule can; other fields in between, where none can. */
  #meet(wanted: ReadonlyMap<string, readonly FieldName[]>): void {
    const left = new Map(wanted);
    for (const goal of left.keys()) this.goals.add(goal);
    for (let tries = 0; left.size > 0 && tries < 10_000; tries++) {
      let met = false;
      for (const [goal, fields] of left) {
        if (!this.#change(this.#any(this.#rules.length), fields, [goal])) continue;
        left.delete(goal);
        met = true;
      }
      if (!met) this.#change(this.#any(this.#rules.length), [PAIRED[this.#any(PAIRED.length)]!], []);
    }
  }

  #change(at: number, fields: readonly FieldName[], goals: readonly string[]): boolean {
    const before = this.#rules[at]!;
    let rule: RuleRecord | undefined = before;
    for (const field of fields) {
      const changed: RuleRecord | undefined = rule && changeOf(field)(rule, this.#random);
      rule = changed === undefined || clone(changed) === clone(rule!) ? undefined : changed;
    }
    if (rule === undefined) return false;
    this.#take({ do: 'put', rule }, `rule on port ${rule.port}: ${fields.join(', ')}`, goals);
    this.#rules[at] = rule;
    return true;
  }

  #drift(kind: DriftKind, goals: readonly string[]): boolean {
    const served = this.#rules.filter(({ members }) => members.some(({ state }) => state === 'serving'));
    if (served.length === 0) return false;
    const { ip, port } = served[this.#any(served.length)]!;
    return this.#take({ do: 'drift', kind, key: { ip, port } }, `rule on port ${port}: somebody leaves ${kind}`, goals);
  }

  #take(operation: Operation, sentence: string, goals: readonly string[]): true {
    for (const goal of goals) this.goals.add(goal);
    this.#taken.push({ planned: { operation, sentence, goals }, before: [...this.#rules] });
    return true;
  }

  #any(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

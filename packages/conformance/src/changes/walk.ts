import type { RuleRecord, Stickiness } from '@limpet/contract';
import type { Random } from '@limpet/data-plane';
import { canDrift, type DriftKind } from './drifts.ts';
import { changeOf, FIELD_NAMES, type FieldName, KEYS, PREPARED_BY, plainRule } from './fields.ts';
import { canLose } from './lose.ts';
import type { Need, Operation, PlannedOperation } from './operation.ts';

/** Operations of a path: a failure is found again from the path's beginning. */
const PATH_LENGTH = 40;

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
  ['protocol', 'TLS', 'the certificate', 'HTTP/2'],
  ['the health check', 'the check by HTTP'],
];

/** Whether one change can have both. */
export const canPair = (one: FieldName, other: FieldName): boolean =>
  one !== other && !EXCLUSIVE.some((group) => group.includes(one) && group.includes(other));

/** A rule without members has few fields to change: this one is changed alone, and not in between either. */
export const PAIRED: readonly FieldName[] = FIELD_NAMES.filter((field) => field !== 'all members leave');

const textOf = (rule: RuleRecord): string => JSON.stringify(rule);

/** The rules of a router that is being planned for, and the operations that have led there. */
export class Walk {
  /** Names of what is to be met. */
  readonly goals = new Set<string>();
  readonly #random: Random;
  readonly #rules = KEYS.map(({ ip, port }) => plainRule(ip, port));
  /** Each operation with the rules as they were before it. */
  readonly #taken: { planned: PlannedOperation; before: readonly RuleRecord[] }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** The rules now. */
  get rules(): readonly RuleRecord[] {
    return this.#rules;
  }

  /** The last operation. */
  get last(): PlannedOperation {
    return this.#taken.at(-1)!.planned;
  }

  /** The stickiness by table that the rule had last on this path: a router keeps its table's shape, and another one needs a reload. */
  lastTable({ port }: RuleRecord): Stickiness | undefined {
    return this.#taken
      .slice(this.#taken.length - (this.#taken.length % PATH_LENGTH))
      .flatMap(({ before }) => before.find((rule) => rule.port === port)?.stickiness ?? [])
      .findLast(({ method }) => method === 'SourceBased');
  }

  /** An index below `count`. */
  any(count: number): number {
    return Math.floor(this.#random() * count);
  }

  /** All of these, in a random order. */
  shuffled<T>(of: readonly T[]): T[] {
    return of
      .map((one) => ({ one, order: this.#random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ one }) => one);
  }

  /** One of these. */
  pick<T>(of: readonly T[]): T {
    return of[this.any(of.length)]!;
  }

  /** A rule with these fields changed one after the other; undefined where one of them cannot change. */
  changed(rule: RuleRecord, fields: readonly FieldName[]): RuleRecord | undefined {
    let now: RuleRecord | undefined = rule;
    for (const field of fields) {
      const next: RuleRecord | undefined = now && changeOf(field)(now, this.#random);
      now = next === undefined || textOf(next) === textOf(now!) ? undefined : next;
    }
    return now;
  }

  /** Takes an operation that leads to this rule. */
  takeRule(operation: Operation & { rule: RuleRecord }, sentence: string, goals: readonly string[]): true {
    const { rule } = operation;
    this.take(operation, `rule on port ${rule.port}: ${sentence}`, goals);
    this.#rules[KEYS.findIndex(({ port }) => port === rule.port)] = rule;
    return true;
  }

  /** Changes fields together of whichever rule that fits can; false where none can. */
  change(fields: readonly FieldName[], goals: readonly string[], fits?: (rule: RuleRecord) => boolean): boolean {
    return this.takeChange(fields, (rule) => this.takeRule({ do: 'put', rule }, fields.join(', '), goals), fits);
  }

  /** Takes an operation with a rule that fits, and in which these fields are changed; false where no rule can. */
  takeChange(
    fields: readonly FieldName[],
    take: (rule: RuleRecord) => true,
    fits: (rule: RuleRecord) => boolean = () => true,
  ): boolean {
    for (const rule of this.shuffled(this.#rules.filter(fits))) {
      const changed = this.changed(rule, fields);
      if (changed !== undefined) return take(changed);
    }
    return false;
  }

  /** Changes a rule so that it can change these fields, or another field where that does not help. */
  prepare(fields: readonly FieldName[]): void {
    const before = fields.flatMap((field) => PREPARED_BY[field] ?? []);
    if (before.length > 0 && this.change(before, [])) return;
    if (before.length > 1 && this.change([this.pick(before)], [])) return;
    this.change([this.pick(PAIRED)], []);
  }

  /** Lets the host drift; false where no rule can. */
  drift(kind: DriftKind, goals: readonly string[]): boolean {
    const fit = this.#rules.filter((rule) => canDrift(kind, rule));
    if (fit.length === 0) return false;
    const { ip, port } = this.pick(fit);
    return this.take({ do: 'drift', kind, key: { ip, port } }, `rule on port ${port}: somebody leaves ${kind}`, goals);
  }

  /** A rule loses what it needs for a while; false where none needs it. */
  lose(what: Need): boolean {
    const fit = this.#rules.filter((rule) => canLose(what, rule));
    if (fit.length === 0) return false;
    const { ip, port } = this.pick(fit);
    return this.take({ do: 'lose', what, key: { ip, port } }, `rule on port ${port}: ${what} goes, and comes back`, [
      `${what} goes`,
    ]);
  }

  /** Takes an operation that leaves the rules as they are. */
  take(operation: Operation, sentence: string, goals: readonly string[]): true {
    for (const goal of goals) this.goals.add(goal);
    this.#taken.push({ planned: { operation, sentence, goals }, before: [...this.#rules] });
    return true;
  }

  /** Does it until it works, other changes in between. @param fields - that it is going to change */
  until(work: () => boolean, fields: readonly FieldName[] = []): void {
    for (let tries = 0; tries < 1000 && !work(); tries++) this.prepare(fields);
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
}

import { isDeepStrictEqual } from 'node:util';
import type { MemberRecord, RuleRecord } from '@limpet/contract';

/**
 * One field of a rule, by its path (`stickiness.method`, `members.vm1.state`), before and after; null when it is not
 * set. A member that joins or leaves is one change (`members.vm1`).
 */
export interface FieldChange {
  field: string;
  from: unknown;
  to: unknown;
}

type Leaves = [path: string, value: unknown][];

const leaves = (value: unknown, path: string): Leaves => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, each]) => leaves(each, path === '' ? key : `${path}.${key}`));
};

/** Members by their VM, since their order has no meaning; as one value each when the other version lacks the member. */
const memberLeaves = (members: readonly MemberRecord[], others: ReadonlySet<string>): Leaves =>
  members.flatMap(({ vm, ...values }): Leaves => {
    const path = `members.${vm}`;
    return others.has(vm) ? leaves(values, path) : [[path, values]];
  });

const flatten = (rule: RuleRecord | undefined, other: RuleRecord | undefined): Map<string, unknown> => {
  if (!rule) return new Map();
  const { ip: _, port: __, members, ...fields } = rule;
  const others = new Set(other?.members.map(({ vm }) => vm));
  return new Map([...leaves(fields, ''), ...memberLeaves(members, others)]);
};

/** The differences between two versions of a rule, in the order of the fields. Pure. */
export function fieldChanges(before: RuleRecord | undefined, after: RuleRecord | undefined): FieldChange[] {
  if (before === after) return [];
  return differences(flatten(before, after), flatten(after, before));
}

/** The differences between two values, by the paths of their leaves; a list is one leaf. Pure. */
export const leafChanges = (before: object, after: object): FieldChange[] =>
  differences(new Map(leaves(before, '')), new Map(leaves(after, '')));

function differences(was: ReadonlyMap<string, unknown>, is: ReadonlyMap<string, unknown>): FieldChange[] {
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((field) => ({ field, from: was.get(field) ?? null, to: is.get(field) ?? null }))
    .filter(({ from, to }) => !isDeepStrictEqual(from, to));
}

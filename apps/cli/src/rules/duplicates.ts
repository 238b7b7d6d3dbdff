import type { Path } from './places.ts';

/** Something that may stand once and stands again at `path`. */
export interface Duplicate {
  path: Path;
  message: string;
}

/**
 * Rules on one address and port, and members of one name, in a file that may be wrong in other ways, too. Either makes
 * a configuration that HAProxy refuses as a whole.
 */
export function duplicatesIn(file: unknown): Duplicate[] {
  const rules = list(field(file, 'rules'));
  const sameRules = repeated(rules, (rule) => [field(rule, 'ip'), field(rule, 'port')]).map(
    ({ index, first, key }) => ({
      path: ['rules', index],
      message: `a second rule on ${key.join(':')}; rules[${first}] is there already`,
    }),
  );
  const sameMembers = rules.flatMap((rule, at) =>
    repeated(list(field(rule, 'members')), (member) => [field(member, 'vm')]).map(({ index, first, key }) => ({
      path: ['rules', at, 'members', index, 'vm'],
      message: `${key.join()} is a member already, as members[${first}]`,
    })),
  );
  return [...sameRules, ...sameMembers];
}

function repeated(items: readonly unknown[], keyOf: (item: unknown) => unknown[]) {
  const seen = new Map<string, number>();
  return items.flatMap((item, index) => {
    const key = keyOf(item);
    if (key.includes(undefined)) return [];
    const first = seen.get(JSON.stringify(key));
    if (first !== undefined) return [{ index, first, key }];
    seen.set(JSON.stringify(key), index);
    return [];
  });
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** A field with a simple value, or a list. */
const field = (value: unknown, name: string): unknown => {
  const found = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' || typeof found === 'number' || Array.isArray(found) ? found : undefined;
};

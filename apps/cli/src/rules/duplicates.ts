import type { Path } from './source-positions.ts';

/** Something that may stand once and stands again at `path`. */
export interface Duplicate {
  path: Path;
  message: string;
}

/**
 * Rules on one address and port, and members of one name, in a file that may be wrong in other ways, too: either makes a
 * configuration that HAProxy refuses as a whole. And members at one address and port, of which one is a VM that clients
 * count on and is not there, or at that of a rule, which leads connections in a circle.
 */
export function duplicatesIn(file: unknown): Duplicate[] {
  const rules = list(field(file, 'rules'));
  const sameRules = repeated(rules, place).map(({ index, first, key }) => ({
    path: ['rules', index],
    message: `a second rule on ${key.join(':')}; rules[${first}] is there already`,
  }));
  const sameMembers = rules.flatMap((rule, at) =>
    repeated(list(field(rule, 'members')), (member) => [field(member, 'vm')]).map(({ index, first, key }) => ({
      path: ['rules', at, 'members', index, 'vm'],
      message: `${key.join()} is a member already, as members[${first}]`,
    })),
  );
  const samePlaces = rules.flatMap((rule, at) =>
    repeated(list(field(rule, 'members')), place).map(({ index, first, key }) => ({
      path: ['rules', at, 'members', index, 'ip'],
      message: `a second member at ${key.join(':')}; members[${first}] is there already`,
    })),
  );
  const publicPlaces = new Map(rules.map((rule, at) => [place(rule).join(':'), at]));
  const circles = rules.flatMap((rule, at) =>
    list(field(rule, 'members')).flatMap((member, index) => {
      const there = publicPlaces.get(place(member).join(':'));
      return there === undefined || place(member).includes(undefined)
        ? []
        : [
            {
              path: ['rules', at, 'members', index, 'ip'],
              message: `${place(member).join(':')} is where rules[${there}] listens, and no VM; expected a guest address`,
            },
          ];
    }),
  );
  return [...sameRules, ...sameMembers, ...samePlaces, ...circles];
}

const place = (item: unknown): unknown[] => [field(item, 'ip'), field(item, 'port')];

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

import type { Path } from './source-positions.ts';

/** The second occurrence, at `path`, of something that may occur once. */
export interface Duplicate {
  path: Path;
  message: string;
}

/**
 * Finds rules with the same address and port, and members with the same name: HAProxy refuses a configuration with either.
 * Finds members with the same address and port, one of which would be a VM that does not exist, and members at the address
 * and port of a rule, which would lead connections in a circle.
 *
 * @param file the parsed YAML, which may be invalid in other ways
 */
export function duplicatesIn(file: unknown): Duplicate[] {
  const rules = list(field(file, 'rules'));
  const sameRules = repeated(rules, addressOf).map(({ index, first, key }) => ({
    path: ['rules', index],
    message: `a second rule on ${key.join(':')}; rules[${first}] is there already`,
  }));
  const sameMembers = rules.flatMap((rule, at) =>
    repeated(list(field(rule, 'members')), (member) => [field(member, 'vm')]).map(({ index, first, key }) => ({
      path: ['rules', at, 'members', index, 'vm'],
      message: `${key.join()} is a member already, as members[${first}]`,
    })),
  );
  const sameAddresses = rules.flatMap((rule, at) =>
    repeated(list(field(rule, 'members')), addressOf).map(({ index, first, key }) => ({
      path: ['rules', at, 'members', index, 'ip'],
      message: `a second member at ${key.join(':')}; members[${first}] is there already`,
    })),
  );
  const publicAddresses = new Map(rules.map((rule, at) => [addressOf(rule).join(':'), at]));
  const circles = rules.flatMap((rule, at) =>
    list(field(rule, 'members')).flatMap((member, index) => {
      const there = publicAddresses.get(addressOf(member).join(':'));
      return there === undefined || addressOf(member).includes(undefined)
        ? []
        : [
            {
              path: ['rules', at, 'members', index, 'ip'],
              message: `${addressOf(member).join(':')} is where rules[${there}] listens, and no VM; expected a guest address`,
            },
          ];
    }),
  );
  return [...sameRules, ...sameMembers, ...sameAddresses, ...circles];
}

const addressOf = (item: unknown): unknown[] => [field(item, 'ip'), field(item, 'port')];

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
/** A field's value when it is a string, a number or a list. */
const field = (value: unknown, name: string): unknown => {
  const found = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' || typeof found === 'number' || Array.isArray(found) ? found : undefined;
};

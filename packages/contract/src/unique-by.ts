import type { z } from 'zod';

/**
 * A check on an array: no two items have the same values at `paths` (dotted). Two servers of one name, or two rules on one
 * address and port, are a config that HAProxy refuses as a whole.
 */
export function uniqueBy<T>(...paths: readonly string[]): z.core.CheckFn<T[]> {
  return ({ value: items, issues }) => {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const values = paths.map((path) => valueAt(item, path));
      const key = JSON.stringify(values);
      if (seen.has(key)) {
        issues.push({
          code: 'custom',
          input: item,
          path: [index],
          params: { repeats: values.join(':') },
          message: 'repeated',
        });
      }
      seen.add(key);
    }
  };
}

function valueAt(item: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), item);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

import type { Random } from '@limpet/data-plane';

/**
 * A shuffled copy (Fisher and Yates). Clients in a fixed order against round robin start again with the same VM after
 * each reload, and so look sticky on an empty table: a judge of stickiness has to shuffle.
 */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/**
 * Where something stands relative to the latest generation of its rule. Counters would make the state space infinite, and
 * a small counter that wraps aliases; the relation to the latest generation is all that behaviour depends on.
 */
export type Freshness = 'absent' | 'stale' | 'current';

/** What becomes of it when the rule gets a new generation. */
export function aged(freshness: Freshness): Freshness {
  return freshness === 'current' ? 'stale' : freshness;
}

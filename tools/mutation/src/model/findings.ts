import type { Reviewed } from './survivors.ts';
import type { Verdict } from './verdict.ts';

/** Survivors that nobody has looked at, gaps, and entries of which nothing survives. */
export function findings(verdicts: ReadonlyMap<string, Verdict>, reviewed: readonly Reviewed[]): string[] {
  const survivors = survivorsOf(verdicts);
  const stale = reviewed.filter(({ id }) => !survivors.some((survivor) => survivor.startsWith(id)));
  return [
    ...unexplained(verdicts, reviewed),
    ...stale.map(({ id }) => `${id}: reviewed, but nothing of that name survives`),
  ];
}

/** Survivors that nobody has looked at, and gaps. */
export function unexplained(verdicts: ReadonlyMap<string, Verdict>, reviewed: readonly Reviewed[]): string[] {
  return survivorsOf(verdicts).flatMap((id) => {
    const known = reviewOf(id, reviewed);
    if (known === undefined) return [`${id}: survives, and nobody has said why`];
    return known.isGap ? [`${id}: a gap: ${known.why}`] : [];
  });
}

function survivorsOf(verdicts: ReadonlyMap<string, Verdict>): string[] {
  return [...verdicts].filter(([, { is }]) => is === 'survived').map(([id]) => id);
}

/** What was said of a survivor. */
export function reviewOf(id: string, reviewed: readonly Reviewed[]): Reviewed | undefined {
  return reviewed.find((one) => id.startsWith(one.id));
}

/** The nearest-rank percentile, rounded to a tenth; null when there are no values. */
export function percentile(values: readonly number[], percent: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
  return Math.round(value * 10) / 10;
}

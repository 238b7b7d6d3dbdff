/** How long the steps of one kind took, in milliseconds. */
export interface StepCost {
  readonly step: string;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of all the time, from 0 to 1. */
  readonly share: number;
}

/** Collects how long steps take, by their kind. */
export class CostsSeen {
  readonly #spent = new Map<string, number[]>();

  /** @param ms - milliseconds */
  add(step: string, ms: number): void {
    const known = this.#spent.get(step);
    if (known === undefined) this.#spent.set(step, [ms]);
    else known.push(ms);
  }

  /** All kinds of steps, the most expensive in total first. */
  list(): StepCost[] {
    const sums = new Map([...this.#spent].map(([step, all]) => [step, all.reduce((sum, ms) => sum + ms, 0)]));
    const whole = [...sums.values()].reduce((sum, ms) => sum + ms, 0) || 1;
    return [...this.#spent]
      .map(([step, all]) => {
        const sorted = all.toSorted((a, b) => a - b);
        const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
        return { step, count: all.length, p50: at(0.5), p99: at(0.99), share: round(sums.get(step)! / whole) };
      })
      .sort((a, b) => b.share - a.share);
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;

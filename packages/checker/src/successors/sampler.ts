/** All of the first states are in the sample: of a small model that is all there are. */
const always = 100;
/** After them, 0 to this many states are left out between two of the sample: two calls for each are one in a hundred. */
const longestGap = 400;

/** Calls `visit` with the numbers from `from` to `to` (not included) that are in the sample. */
export type Sampler = (from: number, to: number, visit: (index: number) => void) => void;

/** A sample of what is given one after the other: the first hundred, and then one in about 200; seeded. */
export function createSampler(): Sampler {
  let first = always;
  let gap = 0;
  let seed = 1;
  return (from, to, visit) => {
    let index = from + gap;
    for (; index < to; index += 1 + gap) {
      visit(index);
      if (first > 0) {
        first -= 1;
        continue;
      }
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
      gap = (seed >>> 16) % (longestGap + 1);
    }
    gap = index - to;
  };
}

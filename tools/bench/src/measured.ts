/** One program's exploration of one model. */
export interface Measured {
  program: string;
  states: number;
  transitions: number;
  seconds: number;
  /** Bytes a state, where the program says so. */
  bytesPerState: number | undefined;
}

const count = (value: number): string => Math.round(value).toLocaleString('en');

/**
 * A table of runs over the same model, with the factor by which the first one is faster. Throws when the counts differ:
 * a faster search that visits something else is no comparison.
 */
export function compare(model: string, runs: readonly Measured[]): string {
  const [first] = runs;
  if (!first) return '';
  const odd = runs.find(({ states, transitions }) => states !== first.states || transitions !== first.transitions);
  if (odd) {
    throw new Error(
      `${model}: ${odd.program} visits ${odd.states} states and ${odd.transitions} transitions, ${first.program} ${first.states} and ${first.transitions}`,
    );
  }
  const rows = runs.map(
    ({ program, seconds, states, bytesPerState }) =>
      `  ${program.padEnd(34)} ${seconds.toFixed(3).padStart(9)} s ${count(states / seconds).padStart(12)} states/s` +
      `${bytesPerState === undefined ? '' : ` ${bytesPerState.toFixed(1).padStart(7)} B/state`}` +
      `${program === first.program ? '' : `   ${(seconds / first.seconds).toFixed(1)} times as long`}\n`,
  );
  return `${model}: ${count(first.states)} states, ${count(first.transitions)} transitions\n${rows.join('')}`;
}

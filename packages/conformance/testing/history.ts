import type { SuiteResult } from '../src/run/conform.ts';

/** What a suite found, as a person reads it: what was not as the model says, and the way there. */
export const history = ({ failures }: SuiteResult): string[] =>
  failures.flatMap(({ path, sentences }) => [...sentences, ...path.map((step, at) => `${at + 1}. ${step}`)]);

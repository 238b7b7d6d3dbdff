import type { SuiteResult } from '../src/run/conform.ts';

/** The failures of a suite as lines of text: the differences, and the steps that led there. */
export const history = ({ failures }: SuiteResult): string[] =>
  failures.flatMap(({ path, sentences }) => [...sentences, ...path.map((step, at) => `${at + 1}. ${step}`)]);

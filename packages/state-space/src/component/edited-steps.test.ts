import { expect, it } from 'vitest';
import { BUGS, type Bug } from './bugs.ts';
import { editedSteps } from './edited-steps.ts';

const bugs: readonly Bug[] = BUGS;
const stepsOf = (name: string) =>
  editedSteps(bugs.find((bug) => bug.name === name)!).map(
    ({ machine, state, event }) => `${machine}.${state} ${event}`,
  );

it('names the steps that a bug changes, also one that needs its group in a certain state', () => {
  expect(stepsOf('seed')).toContain('rule.active setSourceBased');
  expect(stepsOf('seed').every((step) => /^rule\.\w+ set(SourceBased|None)$/.test(step))).toBe(true);
});

it('finds steps for most bugs that edit a statechart, and none where several charts meet', () => {
  const found = bugs.map((bug) => [bug.name, editedSteps(bug).length] as const);
  expect(bugs.filter(({ edit }) => edit === undefined).flatMap(editedSteps)).toEqual([]);
  expect(found.filter(([, count]) => count > 0).length).toBeGreaterThan(bugs.length / 2);
});

import { describe, expect, test } from 'vitest';
import { createCounters } from '../../testing/counters.ts';
import { createNumberedGraph } from '../../testing/graph.ts';
import { check } from '../check.ts';
import { explore } from '../explore.ts';
import type { Model } from '../model.ts';

const good: Model = createCounters({ processes: 2, limit: 1 });
const numbered = createNumberedGraph({
  words: 1,
  initial: [0],
  edges: [[{ to: 1, kind: 'system' }], []],
  violated: [0, 0],
  quiescent: [false, true],
});

/** What a program without types can hand in. */
const answering = (from: Model, change: object): Model => ({ ...from, ...change }) as Model;
const isBad = (message: RegExp) =>
  expect.objectContaining({ code: 'CHECKER_BAD_MODEL', message: expect.stringMatching(message) });

describe.each([
  ['a model', good],
  ['a model that numbers its states', numbered],
])('%s', (_, model) => {
  test.each([
    ['forgets to answer', undefined, 'nothing'],
    ['answers with no number', Number.NaN, 'NaN'],
    ['answers yes', true, 'true'],
    ['has a bit of no invariant', 2 ** model.invariants.length, String(2 ** model.invariants.length)],
  ])('whose violations %s is none', async (_name, answer, gave) => {
    await expect(explore(answering(model, { violations: () => answer }))).rejects.toEqual(
      isBad(new RegExp(`: violations must give a number .+ and gave ${gave}\\.`)),
    );
  });

  test.each([
    ['forgets to answer', undefined, 'nothing'],
    ['answers later', Promise.resolve(true), 'an object'],
  ])('whose quiescent %s is none', async (_name, answer, gave) => {
    await expect(check(answering(model, { quiescent: () => answer }))).rejects.toEqual(
      isBad(new RegExp(`: quiescent must give true or false, and gave ${gave}\\.`)),
    );
  });
});

test('the last of 32 invariants has a bit', async () => {
  const invariants = Array.from({ length: 32 }, (_, i) => ({ name: `${i}`, sentence: 'It is so.', upstream: [] }));
  const { violations } = await explore(answering(good, { invariants, violations: () => 1 << 31 }));
  expect(violations.map(({ name }) => name)).toEqual(['31']);
});

test('a model whose kindOf names another kind is none', async () => {
  await expect(check(answering(good, { kindOf: () => 'user' }))).rejects.toEqual(
    isBad(/: kindOf\(\d+\) must give 'system', 'environment' or 'fault', and gave 'user'\./),
  );
});

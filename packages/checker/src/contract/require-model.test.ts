import { describe, expect, test } from 'vitest';
import { createCounters } from '../../testing/counters.ts';
import { createNumberedGraph } from '../../testing/graph.ts';
import { seeded } from '../../testing/random.ts';
import { check } from '../check.ts';
import { explore } from '../explore.ts';
import type { Model } from '../model.ts';
import { createMonitor } from '../monitor/monitor.ts';
import { calm, randomRun } from '../monitor/random-run.ts';
import type { View } from '../monitor/view.ts';
import { graphOf } from '../tours/graph-of.ts';
import { requireModel } from './require-model.ts';

const view: View = { eventOf: () => 'step', heartbeatFields: [], heartbeatOf: () => [] };
const good: Model = createCounters({ processes: 2, limit: 1 });
const numbered = createNumberedGraph({ words: 1, initial: [0], edges: [[]], violated: [0], quiescent: [true] });

/** What a program without types can hand in. */
const untyped = (change: object, from: Model = good): Model => ({ ...from, ...change }) as Model;
const messageOf = (model: Model): string => {
  try {
    requireModel(model);
  } catch (error) {
    expect(error).toMatchObject({ name: 'CheckerError', code: 'CHECKER_BAD_MODEL' });
    const { message } = error as Error;
    expect(message).toMatch(/\. The README of @limpet\/checker begins with a whole model$/);
    return message.replace(/\. The README.*/, '');
  }
  throw new Error('the model is taken');
};

describe('requireModel', () => {
  test('takes models, also with a numbering and symmetry', () => {
    for (const model of [good, numbered, createCounters({ processes: 2, limit: 1, symmetry: true })]) {
      expect(requireModel(model)).toBe(model);
    }
  });

  test.each(Object.keys(good))('names a member that is missing: %s', (member) => {
    expect(messageOf(untyped({ [member]: undefined }))).toMatch(
      new RegExp(`^(2 counters to 1|the model): ${member} must be .+, and is missing$`),
    );
  });

  test.each<[string, object, string]>([
    ['words', { words: 5 }, 'words must be the number of 32-bit words of a state, 1 to 4, and is 5'],
    [
      'a maximum of none',
      { maxSuccessors: 0 },
      'maxSuccessors must be the most steps that a state has, 1 to 65535, and is 0',
    ],
    [
      'a text in place of a function',
      { quiescent: 'yes' },
      "quiescent must be a function (states, at) that says whether nothing is left to do, and is 'yes'",
    ],
    [
      'no initial state',
      { initial: [] },
      'initial must be a list of at least one initial state, each a list of `words` numbers, such as [[0]], and is []',
    ],
    [
      'a number as initial state',
      { initial: [0] },
      'initial[0] must be a state, a list of 1 whole numbers (`words`) from 0 to 4294967295, and is 0',
    ],
    [
      'an initial state that is missing',
      { initial: [[0], undefined] },
      'initial[1] must be a state, a list of 1 whole numbers (`words`) from 0 to 4294967295, and is missing',
    ],
    [
      'one of other words',
      { initial: [[1, 2]] },
      'initial[0] must be a state, a list of 1 whole numbers (`words`) from 0 to 4294967295, and is [1, 2]',
    ],
    [
      'one below zero',
      { initial: [[-1]] },
      'initial[0] must be a state, a list of 1 whole numbers (`words`) from 0 to 4294967295, and is [-1]',
    ],
    [
      'one that is an object',
      { initial: [{ value: 'idle' }] },
      'initial[0] must be a state, a list of 1 whole numbers (`words`) from 0 to 4294967295, and is an object',
    ],
    [
      'an invariant without a name',
      { invariants: [{ sentence: 'It is so.', upstream: [] }] },
      'invariants[0].name must be a text, and is missing',
    ],
    [
      'too many invariants',
      { invariants: Array.from({ length: 33 }) },
      'invariants must be a list of at most 32 objects with name, sentence and upstream, and is a list of 33',
    ],
    [
      'in-place steps that are no function',
      { successorsInPlace: true },
      'successorsInPlace must be a function (states, at, out), or left out, and is true',
    ],
    [
      'a numbering that lacks a function',
      { numbering: { size: 1 } },
      'numbering.rank must be a function (states, at), and is missing',
    ],
  ])('says what a member should be: %s', (_, change, message) => {
    expect(messageOf(untyped(change))).toBe(`2 counters to 1: ${message}`);
  });

  test('knows a machine by its states', () => {
    const machine = { id: 'lamp', initial: 'off', states: { off: {}, on: {} } };
    expect(messageOf(machine as unknown as Model)).toMatch(/^this is a state machine, not a model: /);
    expect(messageOf(undefined as unknown as Model)).toBe('a model is an object, and this is missing');
  });
});

describe('every function that takes a model', () => {
  test.each<[string, (model: Model) => unknown]>([
    ['explore', (model) => explore(model)],
    ['check', (model) => check(model)],
    ['graphOf', async (model) => graphOf(model)],
    ['createMonitor', async (model) => createMonitor(model, view)],
    ['randomRun', async (model) => randomRun(model, view, seeded(1), 5).next()],
    ['calm', async (model) => calm(model, seeded(1))],
  ])('refuses one that lacks a member, and nothing at all: %s', async (_, call) => {
    for (const bad of [untyped({ quiescent: undefined }), undefined as unknown as Model]) {
      await expect(call(bad)).rejects.toMatchObject({ code: 'CHECKER_BAD_MODEL' });
    }
  });
});

import { expect, it } from 'vitest';
import { explore } from './explore.ts';
import type { Model } from './model.ts';
import { checkPossibilities } from './possibilities.ts';

/** A door that is opened and closed, until somebody bricks it up; label 2 is that step. */
const door: Model = {
  name: 'a door',
  words: 1,
  initial: [[0]],
  maxSuccessors: 2,
  successors(states, at, out) {
    out.count = 0;
    const go = (to: number, label: number) => {
      out.states[out.count] = to;
      out.labels[out.count++] = label;
    };
    if (states[at] === 0) go(1, 0);
    if (states[at] === 1) {
      go(0, 1);
      go(2, 2);
    }
  },
  violations: () => 0,
  invariants: [],
  quiescent: () => true,
  kindOf: () => 'system',
  describeStep: (label) => ({ lane: 'door', text: ['open', 'close', 'brick up'][label]! }),
  describeState: (states, at) => ({ door: ['closed', 'open', 'bricked up'][states[at]!]! }),
};

const everywhere = () => true;
const isOpen = (states: Uint32Array, at: number) => states[at] === 1;

it('is not asked of states that were only half looked at', async () => {
  const exploration = await explore(door, { maxDepth: 1 });
  expect(() => checkPossibilities(exploration, [])).toThrow(
    expect.objectContaining({ code: 'CHECKER_BAD_OPTION', message: expect.stringContaining('maxDepth') }),
  );
});

it('finds a state from which something is possible no more, with a shortest run to it', async () => {
  const opens = { name: 'opens', sentence: 'The door can always be opened.', to: isOpen, by: everywhere };
  const [always, while0, unbricked] = checkPossibilities(await explore(door), [
    { ...opens, from: everywhere },
    { ...opens, from: (states, at) => states[at] === 0 },
    { ...opens, from: everywhere, to: (states, at) => states[at] === 2, by: (label) => label !== 2 },
  ]);
  expect(always).toMatchObject({ holds: false, failing: 1, trace: { labels: [0, 2] } });
  expect(while0).toMatchObject({ holds: true, failing: 0, trace: null });
  // Without the step that leads there, only those that are there already can say so.
  expect(unbricked).toMatchObject({ holds: false, failing: 2, trace: { labels: [] } });
});

import { describe, expect, it } from 'vitest';
import { openResult } from './open-result.ts';

const read = (value: unknown) => openResult(JSON.stringify(value), 'file.json');

describe('a result of limpet conform', () => {
  const failure = {
    path: ['group 1: a user creates a rule and a group', 'the router applies'],
    sentences: ['clients of rule 1 reach vm-2'],
    story: 'cloudstack#9583: the choice is kept',
    expected: { 'reached 1': 'vm-1', same: 'x' },
    observed: { 'reached 1': 'vm-2', same: 'x' },
    model: { 'rule 1': 'active, stickiness source' },
  };

  it('is the path of its first failure, with what differs', () => {
    const { messages, notes, title } = read({ suites: [{ suite: 'stories', failures: [failure, failure] }] });
    expect(title).toBe('failure of the suite stories after 2 steps');
    expect(notes).toEqual([failure.story, failure.sentences[0], 'The first of 2 failures.']);
    expect(messages.filter(({ kind }) => kind === 'step')).toMatchObject([
      { lane: 'group 1', text: 'a user creates a rule and a group', changed: {} },
      { lane: '', text: 'the router applies', changed: { 'reached 1': 'expected vm-1; saw vm-2' } },
    ]);
    expect(messages.find(({ kind }) => kind === 'snapshot')).toMatchObject({ states: ['rule', 'rule.active'] });
  });

  it('may have no failure', () => {
    expect(read({ suites: [{ suite: 'pairs', failures: [] }] }).title).toContain('no failure');
  });
});

it('shows the state before the line that limpet monitor alarms about', () => {
  const { notes, messages, initial } = read({
    explained: false,
    lines: 9,
    alarm: {
      line: 4,
      reason: 'unexplained',
      record: { event: 'group-1/user-enables-the-group' },
      expected: { events: ['router-is-deployed'], heartbeats: [] },
      states: [{ 'group 1': 'enabled' }, { 'group 1': 'disabled' }],
    },
  });
  expect(notes.join(' ')).toContain('Possible instead: router-is-deployed.');
  expect(initial).toEqual({ 'group 1': 'enabled' });
  expect(messages.at(-1)).toMatchObject({ kind: 'step', text: 'group-1/user-enables-the-group' });
});

it('reads a recording as it is', () => {
  const document = { format: 'limpet-inspection', version: 1, title: 't', notes: [], machines: [], messages: [] };
  expect(read(document)).toEqual(document);
});

it.each([
  ['no', 'this is not JSON; give what limpet check'],
  ['[]', 'this is no result that can be shown; give what'],
  ['{"counterexample":{"steps":[]},"invariants":[]}', 'this is a result of limpet check, but counterexample.steps'],
  ['{"format":"limpet-inspection","version":2}', 'this is a recording, but version'],
])('says what is wrong with %s', (text, message) => {
  expect(() => openResult(text, 'file.json')).toThrow(`file.json: ${message}`);
});

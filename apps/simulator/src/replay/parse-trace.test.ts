import { describe, expect, it } from 'vitest';
import { parseTrace } from './parse-trace.ts';

const step = { lane: 'group 2', text: 'a user creates a rule and a group', changed: { 'members 2': 'gone, gone' } };
const parse = (document: unknown) => parseTrace(JSON.stringify(document), 't.json');
const problem = (message: RegExp) =>
  expect.objectContaining({ code: 'TRACE_INVALID', message: expect.stringMatching(message) });

describe('parseTrace', () => {
  it('takes the document of a check, and a counterexample alone', () => {
    const trace = parse({ states: 1, counterexample: { length: 1, steps: [step] } });
    expect(trace).toMatchObject({
      groups: 2,
      places: 2,
      steps: [{ text: step.text, action: { kind: 'create', group: 1 } }],
    });
    expect(parse({ length: 1, steps: [step] })).toEqual(trace);
  });

  it.each([
    [{ counterexample: null }, /^t\.json: counterexample: null, the check found nothing to replay$/],
    [
      { counterexample: {} },
      /^t\.json: counterexample\.steps: expected the steps of a counterexample, but they are missing$/,
    ],
    [[], /^t\.json: steps: expected the steps of a counterexample, but they are missing$/],
    [{ steps: 'all' }, /^t\.json: steps: expected an array, got "all"$/],
    [{ steps: [] }, /^t\.json: steps: expected at least one step, got a list of 0$/],
    [{ steps: [step, { lane: 'router' }] }, /^t\.json: steps\[1\]\.text: expected a string, but it is missing$/],
    [
      { counterexample: { steps: [{ lane: 'router', text: 'it flies' }] } },
      /^t\.json: counterexample\.steps\[0\]: .*"it flies"/,
    ],
    [{ steps: [{ ...step, lane: 'group 9' }] }, /9 groups; a model has at most 8/],
    [{ steps: [{ ...step, changed: { 'members 1': 'a, b, c, d, e' } }] }, /5 VMs in a group/],
  ])('names the field: %j', (document, message) => {
    expect(() => parse(document)).toThrow(problem(message));
  });

  it('says what to give when it is no JSON', () => {
    expect(() => parseTrace('group 1 | ...', '-')).toThrow(problem(/not JSON; give what limpet check/));
  });
});

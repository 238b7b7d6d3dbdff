import { describe, expect, it } from 'vitest';
import { aged } from '../statecharts/freshness.ts';
import { ageInFlight, answerOf, type InFlight, MESSAGE_KINDS, take, toEntry } from './link.ts';
import { ANSWERS } from './routes.ts';

const full: InFlight = { command: 'put', late: 'putStale', report: 'report', answer: ANSWERS.answerApplied };

describe('what is in flight', () => {
  it.each<[string, InFlight, InFlight]>([
    ['a put is late', { command: 'put' }, { late: 'putStale' }],
    ['a removal is a rule’s last generation', { command: 'remove' }, {}],
    ['what was late stays late', { command: 'remove', late: 'putStale' }, { late: 'putStale' }],
    ['a question stays, an answer is of no interest', full, { late: 'putStale', report: 'report' }],
    ['nothing stays nothing', {}, {}],
  ])('ages with a new generation: %s', (_, before, after) => {
    expect(ageInFlight(before)).toStrictEqual(after);
  });

  it('is taken off the link a message at a time', () => {
    expect(MESSAGE_KINDS).toEqual(['command', 'late', 'report', 'answer']);
    for (const kind of MESSAGE_KINDS) {
      expect(Object.keys(take(full, kind))).toEqual(MESSAGE_KINDS.filter((other) => other !== kind));
    }
  });

  it('is heard by the entry, but for answers', () => {
    expect(MESSAGE_KINDS.map((kind) => toEntry(full, kind))).toEqual(['put', 'putStale', 'report', undefined]);
  });
});

describe('an entry’s signal', () => {
  it('is an answer about the current generation', () => {
    for (const [signal, answer] of Object.entries(ANSWERS)) {
      expect(answerOf(signal, { generation: 'current' })).toBe(answer);
    }
  });

  it('about an older generation is no answer, but that it is outdated', () => {
    expect(answerOf('answerApplied', { generation: 'stale' })).toBeUndefined();
    expect(answerOf('answerOutdated', { generation: 'stale' })).toBe(ANSWERS.answerOutdated);
  });

  it.each(['success', 'toString'])('%s is none', (action) => {
    expect(answerOf(action, { generation: 'current' })).toBeUndefined();
  });
});

it.each([
  ['current', 'stale'],
  ['stale', 'stale'],
  ['absent', 'absent'],
] as const)('%s is %s after a new generation', (before, after) => {
  expect(aged(before)).toBe(after);
});

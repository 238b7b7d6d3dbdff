import { describe, expect, it } from 'vitest';
import { type Commit, commitFindings } from './commits.ts';

const found = (subject: string, more: Partial<Commit> = {}) =>
  commitFindings([{ hash: 'abc', subject, body: '', parents: ['def'], ...more }]);

describe('commitFindings', () => {
  it.each([
    'Add a test',
    'lab: bring the box up before the lab',
    'packages/lab, tools/setup: feed commands by stdin',
    'state-space: testing support has a home of its own',
    'Rename 2 files',
    'a'.repeat(72),
  ])('accepts %j', (subject) => expect(found(subject)).toEqual([]));

  it.each([
    ['Added a test', 'imperative, please: not "added"'],
    ['lab: fixing the box', 'imperative, please: not "fixing"'],
    ['router, cli: a rule; and another', 'two concerns are two commits'],
    ['é'.repeat(73), 'more than 72 characters; say the rest below'],
  ])('refuses %j', (subject, why) => expect(found(subject)).toEqual([`abc ${JSON.stringify(subject)}: ${why}`]));

  it('says all that is wrong with a commit', () => {
    const subject = `lab: Renamed ${'a'.repeat(60)}; b`;
    expect(found(subject)).toHaveLength(3);
  });

  it('wants an empty line between subject and body', () => {
    expect(found('Add a', { body: '\nbecause of b\n' })).toEqual([]);
    expect(found('Add a', { body: 'because of b\n' })).toEqual(['abc "Add a": an empty line after the first one']);
  });

  it('passes over merges', () => {
    expect(found('Merged b; and c', { parents: ['d', 'e'] })).toEqual([]);
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FailureReport, parseReplay } from '@limpet/conformance';
import { openResult } from '@limpet/inspector';
import { expect, it } from 'vitest';
import { writeFailureFiles } from './failure-files.ts';

it('says what could not be written, and with what remedy, and throws nothing', () => {
  const failure = { replay: {} } as FailureReport;
  const { names, troubles } = writeFailureFiles([failure], '/proc/self/no-such-folder');
  expect(names.size).toBe(0);
  expect(troubles).toEqual([
    expect.stringMatching(/not written .*; run this again in a folder that you may write to$/),
  ]);
});

it('writes what conform plays again, and inspect shows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-failures-'));
  try {
    const failure: FailureReport = {
      path: ['router: is deployed', 'group 1: a user creates a rule and a group'],
      sentences: ['10.0.0.1:80: reached: expected vm-1, observed vm-2'],
      expected: { '10.0.0.1:80 reached': 'vm-1' },
      observed: { '10.0.0.1:80 reached': 'vm-2' },
      model: { router: 'up', 'rule 1': 'add' },
      states: [
        { router: 'absent', 'rule 1': 'gone' },
        { router: 'up', 'rule 1': 'gone' },
        { router: 'up', 'rule 1': 'add' },
      ],
      replay: { router: 'haproxy', dataPlane: 'memory', groups: 1, members: 1, port: 80, moves: [] },
    };
    const { names } = writeFailureFiles([failure], folder);
    const text = await readFile(join(folder, names.get(failure)!), 'utf8');
    expect(parseReplay(text)).toMatchObject({ router: 'haproxy', moves: [] });
    const { initial, messages, notes } = openResult(text, 'limpet-failure-1.json');
    expect(notes).toEqual(failure.sentences);
    expect(initial).toEqual(failure.states[0]);
    expect(messages.filter(({ kind }) => kind === 'step')).toMatchObject([
      { lane: 'router', text: 'is deployed', changed: { router: 'up' } },
      { lane: 'group 1', changed: { 'rule 1': 'add', '10.0.0.1:80 reached': 'expected vm-1; saw vm-2' } },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
